/** Every change of Zulip's API up to this release is kept to; it is the lowest that all known clients are content with. */
export const ZULIP_VERSION = '10.0';
export const ZULIP_FEATURE_LEVEL = 371;
