package io.headstream.transformer.family;

/** Whether a tensor has to be in the file. */
public enum Presence {
  /** It has to be. */
  REQUIRED,
  /** It and all others of this presence, or none of them. */
  ALL_OR_NONE,
  /** It may not be there. */
  ABSENT;

  /**
   * Required or absent.
   *
   * @param there which
   * @return {@link #REQUIRED} if it is there
   */
  static Presence of(boolean there) {
    return there ? REQUIRED : ABSENT;
  }
}
