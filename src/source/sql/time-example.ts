/** A value of a column of numbers, as text, from the first rows of a table. */
import { escapeIdentifier } from "pg";

export const timeExample = (table: string, column: string): string => `
  SELECT m.example FROM (SELECT ${escapeIdentifier(column)}::text AS example FROM ${table} LIMIT 100) m
  WHERE m.example IS NOT NULL LIMIT 1`;
