export { createAlertMatcher } from './alert-index.ts';
export type { FilterMatch, FollowFacts, ListFacts, OpenView, View, ViewChange, Views } from './contract.ts';
export { createViews, type ViewsDeps } from './create-views.ts';
export { createPostMatcher } from './filter-index.ts';
export { openSuspensions, type Suspensions, type SuspensionsDeps } from './suspensions.ts';
