/** A record with the ETag under which it was read: what a write's If-Match names. */
export type Versioned<T> = T & { readonly etag: string }

interface Answer<T> {
  data: T
  response: Response
}

export function versioned<T extends object>({ data, response }: Answer<T>): Versioned<T> {
  return { ...data, etag: response.headers.get('ETag') ?? '' }
}

/** The header of a write that is only meant for the version that was seen. */
export const ifMatch = (record: { etag: string }) => ({ 'If-Match': record.etag })
