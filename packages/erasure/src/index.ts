export { eraseDocuments } from "./erase-documents.ts";
export {
  type BackupNote,
  createErasures,
  doneId,
  type ErasureDocument,
  type Erasures,
  waitingFor,
} from "./erasures.ts";
export { statementOf } from "./statement.ts";
export { type CollectionStore, isCollection, STORES } from "./stores.ts";
export { type Eraser, erasureConfig, type PartContext, type Participation, takePart } from "./take-part.ts";
