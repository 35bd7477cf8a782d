package io.headstream.job.app.view;

/**
 * The colours of weights: matplotlib's viridis, from dark violet to yellow, whose lightness rises
 * evenly, so that the order is seen by everybody and on paper too.
 */
final class Viridis {
  /** Ten of its colours, evenly spaced; between them it is straight enough. */
  static final int[] STOPS = {
    0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b,
    0xfde725
  };

  private Viridis() {}

  /**
   * The colour of a share.
   *
   * @param share from 0 to 1
   * @return {@code 0xRRGGBB}
   */
  static int at(double share) {
    double place = Math.min(1, Math.max(0, share)) * (STOPS.length - 1);
    int stop = Math.min((int) place, STOPS.length - 2);
    double rest = place - stop;
    int colour = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = STOPS[stop] >> shift & 0xff;
      int to = STOPS[stop + 1] >> shift & 0xff;
      colour |= (int) Math.round(from + (to - from) * rest) << shift;
    }
    return colour;
  }
}
