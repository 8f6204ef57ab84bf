export type { FilterMatch, FollowFacts, ListFacts, OpenView, View, ViewChange, Views } from './contract.ts';
