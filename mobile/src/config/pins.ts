export function pinsOf(list: string | undefined): readonly string[] { return list?.split(",") ?? []; }
