// Of dcmjs Cornerstone's metadata modules want a dictionary, constants and a log when they are loaded; this viewer asks them nothing more.
import log from "loglevel";

class Nothing {}

export { log };
export const constants = {
  IMPLICIT_LITTLE_ENDIAN: "1.2.840.10008.1.2", EXPLICIT_LITTLE_ENDIAN: "1.2.840.10008.1.2.1",
  DEFLATED_EXPLICIT_LITTLE_ENDIAN: "1.2.840.10008.1.2.1.99", EXPLICIT_BIG_ENDIAN: "1.2.840.10008.1.2.2",
};
export const data = { DicomMetaDictionary: { dictionary: {}, nameMap: {} } };
export default { log, constants, data, async: { AsyncDicomReader: Nothing }, utilities: { DicomMetadataListener: Nothing } };
