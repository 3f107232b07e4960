// scimmy-routers on express, mounted as its README shows. What stands here is only what the library leaves to its user:
// storing, finding by id or by the library's own filter, refusing a taken name, and the token.
import {randomUUID} from "node:crypto";
import {isDeepStrictEqual} from "node:util";
import express from "express";
import SCIMMYRouters, {SCIMMY} from "scimmy-routers";

const {INTEROP_PORT: port, INTEROP_TOKEN: token} = process.env;

// How two userNames are compared is the user's business too: by letters, as RFC 7643 and RFC 7644 (section 5) want it.
const spelling = (name) => name?.normalize("NFKC").toLowerCase();

function keep(Resource, naming) {
    const kept = new Map();
    const find = (id) => {
        if (!kept.has(id)) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
        return kept.get(id);
    };
    const taken = (name, id) => [...kept.values()].some((other) =>
        other.id !== id && spelling(other[naming]) === spelling(name));

    return SCIMMY.Resources.declare(Resource)
        .ingress((resource, data) => {
            const before = resource.id ? find(resource.id) : undefined;
            const id = before?.id ?? randomUUID();
            if (naming === "userName" && taken(data[naming], id))
                throw new SCIMMY.Types.Error(409, "uniqueness", `${naming} is taken`);
            const now = new Date().toISOString();
            const after = {...JSON.parse(JSON.stringify(data)), id};
            after.meta = before?.meta ?? {resourceType: Resource.name, created: now, lastModified: now};
            if (before && !isDeepStrictEqual(after, before)) after.meta = {...before.meta, lastModified: now};
            kept.set(id, after);
            return after;
        })
        .egress((resource) => {
            if (resource.id) return find(resource.id);
            const all = [...kept.values()];
            return resource.filter ? resource.filter.match(all) : all;
        })
        .degress((resource) => {
            find(resource.id);
            kept.delete(resource.id);
        });
}

keep(SCIMMY.Resources.User, "userName").extend(SCIMMY.Schemas.EnterpriseUser, false);
keep(SCIMMY.Resources.Group, "displayName");

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
    type: "bearer",
    baseUri: () => `http://127.0.0.1:${port}`,
    handler: (request) => {
        const [scheme, shown] = (request.header("Authorization") ?? "").split(/ +/);
        if (scheme.toLowerCase() !== "bearer" || shown !== token) throw new Error("the token is missing or wrong");
    },
}));
app.listen(Number(port), "127.0.0.1");
