import { expect, it, vi } from "vitest";
import { imageTags, serviceImageInputs } from "./service-images.ts";

const ctx = { report: () => {}, signal: new AbortController().signal };
const toolchain = {
  ensure: async (tool: string) => `/tools/${tool}`,
  vpaResourceDefinitions: async () => "/tools/vpa.yaml",
  gatewayResourceDefinitions: async () => "/tools/gateway",
};

it("asks only for what goes into the image: an answer nobody awaits would end the process when it fails", async () => {
  const model = vi.fn(async () => "/models/model.gguf");
  expect(await serviceImageInputs("api-gateway", { toolchain, model }, ctx)).toEqual({});
  expect(await serviceImageInputs("ferretdb", { toolchain, model }, ctx)).toEqual({
    binary: "/tools/ferretdb",
  });
  expect(await serviceImageInputs("traefik", { toolchain, model }, ctx)).toEqual({
    binary: "/tools/traefik",
  });
  expect(model).not.toHaveBeenCalled();
  expect(await serviceImageInputs("llm-server", { toolchain, model }, ctx)).toEqual({
    model: "/models/model.gguf",
  });
});

it("takes the tag behind the last colon, since a registry may have a port", () => {
  const image = {
    name: "redis",
    reference: "localhost:5000/agent/redis:0123456789abcdef",
    archive: "/a.tar",
  };
  expect(imageTags([image])).toEqual({ redis: "0123456789abcdef" });
});
