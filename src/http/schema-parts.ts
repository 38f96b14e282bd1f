/** Small pieces of which the shapes in the routes' schemas are made. */
import { type Static, type TSchema, Type } from '@fastify/type-provider-typebox';

/** A type or null, as one JSON Schema with two `type`s: the serializer handles it without trying alternatives. */
export const nullableText = (description: string, facts: object = {}) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], description, ...facts });
export const nullableNumber = (description: string, facts: object = {}) =>
  Type.Unsafe<number | null>({ type: ['number', 'null'], description, ...facts });

export const text = (description: string, facts: object = {}) => Type.String({ description, ...facts });
export const url = (description: string) => text(description, { format: 'uri' });
export const nullableUrl = (description: string) => nullableText(description, { format: 'uri' });
/** ISO 8601, UTC. */
export const time = (description: string) => text(description, { format: 'date-time' });
export const nullableTime = (description: string) => nullableText(description, { format: 'date-time' });
/** A whole number from 0. */
export const count = (description: string) => Type.Integer({ minimum: 0, description });

/** One of a few words. */
export const word = <const T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: values, description });
/** One of a few words, or null; typed as text, because the database knows it only as that. */
export const nullableWord = (values: readonly string[], description: string) =>
  nullableText(description, { enum: [...values, null] });

/** Points at a shape of components.ts by its name, so that it stands once in the document and has a name in clients. */
export const refTo = <T extends TSchema>(shape: T) => Type.Unsafe<Static<T>>({ $ref: `${nameOf(shape)}#` });

/** The name of a shape. @throws Error for one without `$id`: a mistake in the code. */
export const nameOf = (shape: TSchema): string => {
  const name: unknown = Reflect.get(shape, '$id');
  if (typeof name !== 'string') throw new Error('a shape that is referred to needs an $id');
  return name;
};
