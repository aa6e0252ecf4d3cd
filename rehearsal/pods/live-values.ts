import { ApiException, type CoreV1Api } from "@kubernetes/client-node";
import type { ValueReader } from "./pod-environment.ts";

/**
 * Reads ConfigMaps and Secrets of a namespace from the live API, each once.
 * @param apiServer address of that API, for programs that call it. Default: none.
 */
export function liveValues(api: CoreV1Api, namespace: string, apiServer?: URL): ValueReader {
  const known = new Map<string, Promise<Readonly<Record<string, string>> | undefined>>();
  const once = (
    key: string,
    read: () => Promise<Readonly<Record<string, string>>>,
  ): Promise<Readonly<Record<string, string>> | undefined> => {
    const answer = known.get(key) ?? orUndefined(read);
    known.set(key, answer);
    return answer;
  };
  return {
    ...(apiServer === undefined ? {} : { apiServer }),
    async token(name, seconds) {
      const { status } = await api.createNamespacedServiceAccountToken({
        name,
        namespace,
        body: { spec: { audiences: [], expirationSeconds: seconds } },
      });
      return status?.token ?? "";
    },
    configMap: (name) =>
      once(`configmap ${name}`, async () => {
        const { data } = await api.readNamespacedConfigMap({ name, namespace });
        return data ?? {};
      }),
    secret: (name) =>
      once(`secret ${name}`, async () => {
        const { data } = await api.readNamespacedSecret({ name, namespace });
        return Object.fromEntries(
          Object.entries(data ?? {}).map(([key, value]) => [
            key,
            Buffer.from(value, "base64").toString("utf8"),
          ]),
        );
      }),
  };
}

async function orUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}
