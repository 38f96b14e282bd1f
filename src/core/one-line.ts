/** Controls, format characters (such as those that turn the direction of text), lone surrogates and white space. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\s]+/gu;

/** A stranger's text as one printable line of at most `maxLetters` code points; `…` stands for what is left out. */
export const oneLine = (text: string, maxLetters: number): string => {
  const letters = [...text.replace(UNPRINTABLE, ' ').trim()];
  return letters.length <= maxLetters ? letters.join('') : `${letters.slice(0, maxLetters - 1).join('')}…`;
};
