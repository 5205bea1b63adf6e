import { describe, expect, it } from "vitest";
import { missingPackages } from "./packages.ts";

describe("missing packages", () => {
  it("are those that dpkg doesn't know, has removed or has not finished", () => {
    const listing = "runc installed\nsocat config-files\nbuildah half-configured\n";
    expect(missingPackages(["runc", "socat", "buildah", "kmod"], listing)).toEqual([
      "socat",
      "buildah",
      "kmod",
    ]);
  });

  it("are not taken for present by a part of their name", () => {
    expect(missingPackages(["redis"], "redis-server installed\nlibredis installed\n")).toEqual(["redis"]);
  });

  it("count as present on one of several architectures", () => {
    expect(missingPackages(["libc6"], "libc6 not-installed\nlibc6 installed\n")).toEqual([]);
  });
});
