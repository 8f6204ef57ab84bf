/** What administrators said of the community; null leaves it to the settings. */
export interface OrganizationRow {
  /** Always 1. */
  id: number;
  title: string | null;
  description: string | null;
  registrations: number | null;
  /** JSON list of `OrganizationRule`. */
  rules: string;
  /** An account. */
  contact: number | null;
  language: string | null;
  /** JSON list of languages. */
  languages: string | null;
  updated_at: number;
}

export interface OrganizationSettingsRow {
  /** Always 1. */
  id: number;
  /** JSON record of what administrators have set. */
  settings: string;
}
