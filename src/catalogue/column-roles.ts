import { AppError } from '../core/errors.ts';
import { type Columns, ERROR_COLUMN, OUTPUT_COLUMN, POSITIONAL_NAMES } from './dialect.ts';

/** A name without case, spaces, punctuation and a closing remark in parentheses. */
const normalise = (name: string): string => {
  const remark = name.replace(/\([^()]*\)\s*$/, '');
  const letters = (remark.trim() === '' ? name : remark)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}#]/gu, '');
  return letters === '#' ? letters : letters.replaceAll('#', '');
};

type RequiredRole = 'serialNumber' | 'productName' | 'inputUrls';
type Role = RequiredRole | 'outputUrls' | 'error';

const words = (text: string): string[] => text.split(/\s+/);

/** The exact name first, then the usual other names (Shopify, WooCommerce, Google Merchant …), the closer ones first. */
const NAMES: Readonly<Record<Role, readonly string[]>> = {
  serialNumber: words(`serialnumber serialno serialnr serialnum serial sno slno srno snumber srnumber
    sku productsku itemsku variantsku productid itemid id productcode itemcode articlenumber articleno articlecode
    itemnumber itemno productnumber productno partnumber partno code number num no nr # handle`),
  productName: words(`productname product producttitle name title itemname itemtitle item articlename article`),
  inputUrls: words(`inputimageurls inputimageurl inputurls inputurl inputimages inputimage inputimagelinks
    imageurls imageurl imagesurls imagesurl urlsofimages imagelinks imagelink imageaddresses imageaddress imagesrc
    productimageurls productimageurl productimages productimage images image imgurls imgurl img
    photourls photourl photos photo pictureurls pictureurl pictures picture urls url`),
  outputUrls: [normalise(OUTPUT_COLUMN), 'outputimageurl', 'outputurls', 'outputurl'],
  error: [normalise(ERROR_COLUMN)],
};

/** In the order of `POSITIONAL_NAMES`. */
const REQUIRED: readonly RequiredRole[] = ['serialNumber', 'productName', 'inputUrls'];

/** Which of a header's names play a role, and how sure that is. */
export interface ColumnRoles {
  readonly columns: Readonly<Record<Role, number | null>>;
  /** The missing columns, by the names the documentation uses. */
  readonly missing: readonly string[];
  /** How many columns bear the exact name. */
  readonly exact: number;
}

/**
 * Finds the columns by name. Each role gets at most one column: the exact name beats an alias, a closer alias another.
 * @throws AppError `missing_columns` when two columns bear the name that decides.
 */
export const findColumns = (header: readonly string[]): ColumnRoles => {
  const names = header.map(normalise);
  let exact = 0;
  const find = (role: Role): number | null => {
    const name = NAMES[role].find((candidate) => names.includes(candidate));
    if (name === undefined) return null;
    const column = names.indexOf(name);
    const again = names.indexOf(name, column + 1);
    if (again !== -1) throw twoColumns(header, column, again);
    if (name === NAMES[role][0]) exact++;
    return column;
  };
  const columns = {
    serialNumber: find('serialNumber'),
    productName: find('productName'),
    inputUrls: find('inputUrls'),
    outputUrls: find('outputUrls'),
    error: find('error'),
  };
  const missing = POSITIONAL_NAMES.filter((_name, index) => columns[REQUIRED[index] ?? 'error'] === null);
  return { columns, missing, exact };
};

/** The roles as a dialect keeps them, or null while one is missing. */
export const completeColumns = ({ columns }: ColumnRoles): Columns | null => {
  const { serialNumber, productName, inputUrls, outputUrls, error } = columns;
  if (serialNumber === null || productName === null || inputUrls === null) return null;
  return { serialNumber, productName, inputUrls, outputUrls, error };
};

const twoColumns = (header: readonly string[], first: number, second: number): AppError =>
  new AppError('missing_columns', {
    detail: `Columns ${first + 1} and ${second + 1} are both named "${header[first]}"; rename or remove one of them.`,
  });
