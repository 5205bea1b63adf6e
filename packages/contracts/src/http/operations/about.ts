import { z } from "zod";
import type { Operations } from "./operation.ts";

export const aboutOperations: Operations = {
  getOpenApi: {
    method: "get",
    path: "/api/openapi.json",
    summary: "This document.",
    access: "anyone",
    success: { status: 200, schema: z.looseObject({ openapi: z.string() }) },
  },
};
