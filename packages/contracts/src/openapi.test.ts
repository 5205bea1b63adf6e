import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { OPERATIONS } from "./http/operations/index.ts";
import { openApiDocument } from "./openapi.ts";

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { in: string; name: string }[];
  readonly responses: Readonly<Record<string, { description: string; headers?: object }>>;
}

/** A document as it arrives: without what JSON can't carry. */
const document = JSON.parse(JSON.stringify(openApiDocument()));

describe("the OpenAPI document", () => {
  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(validator.version).toBe("3.1");
  });

  it("has each operation under its own method and path", () => {
    const described = Object.values(document.paths).flatMap((item) =>
      Object.values(item as object).map(({ operationId }) => operationId),
    );
    expect(described.sort()).toEqual(Object.keys(OPERATIONS).sort());
  });

  it("says what validation enforces", () => {
    expect(document.components.schemas.CreateMessageRequest).toMatchObject({
      properties: { content: { maxLength: 4000 }, type: { enum: ["text", "image", "audio"] } },
      additionalProperties: false,
    });
    expect(document.paths["/api/message/{sessionId}"].get.parameters).toContainEqual(
      expect.objectContaining({
        in: "query",
        name: "limit",
        schema: expect.objectContaining({ maximum: 200 }),
      }),
    );
  });

  it("tells which operations need an access token, and that they answer 401 without", () => {
    const { getMe, login } = {
      getMe: document.paths["/api/users/me"].get,
      login: document.paths["/api/auth/login"].post,
    };
    expect(getMe).toMatchObject({
      security: [{ accessToken: [] }],
      responses: { 401: { headers: { "WWW-Authenticate": {} } } },
    });
    expect(login.security).toEqual([]);
  });

  it("tells that every operation is limited, and may be away", () => {
    const headers = ["RateLimit", "RateLimit-Policy", "Retry-After", "X-Rate-Limit-Limit"];
    for (const item of Object.values<Record<string, Described>>(document.paths)) {
      for (const { operationId, responses } of Object.values(item)) {
        expect(Object.keys(responses["429"]?.headers ?? {}), operationId).toEqual(
          expect.arrayContaining(headers),
        );
        expect(responses["503"]?.headers, operationId).toHaveProperty("Retry-After");
      }
    }
  });

  it("tells that a file comes in parts too, or not again", () => {
    const { responses } = document.paths["/api/media/{mediaId}/content"].get;
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(["200", "206", "304"]));
  });

  it("explains each status, and describes each parameter of a path", () => {
    for (const [path, item] of Object.entries<Record<string, Described>>(document.paths)) {
      for (const { operationId, responses, parameters = [] } of Object.values(item)) {
        for (const { description } of Object.values(responses)) {
          expect(description, operationId).not.toBe("");
        }
        const inPath = parameters.filter((parameter) => parameter.in === "path");
        expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      }
    }
  });
});
