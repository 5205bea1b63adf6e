/** The provider of every test's platform; anyone may name it. */
export const PROVIDER = "alpha";
