package io.headstream.job.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.weights.AttentionParameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedLayersTest {
  private final AtomicInteger loads = new AtomicInteger();

  @AfterEach
  void nothingIsInUse() {
    assertThat(SharedLayers.size()).isZero();
  }

  @Test
  void aLayerIsLoadedOnceAndGoneWithItsLastLease() throws IOException {
    SharedLayers.Lease first = SharedLayers.acquire("a", this::load);
    SharedLayers.Lease second = SharedLayers.acquire("a", this::load);
    assertThat(second.layer()).isSameAs(first.layer());
    first.close();
    first.close(); // closing twice gives back once
    SharedLayers.Lease third = SharedLayers.acquire("a", this::load);
    assertThat(third.layer()).isSameAs(second.layer());
    assertThat(loads).hasValue(1);
    second.close();
    third.close();
    assertThat(SharedLayers.size()).isZero();
    SharedLayers.acquire("a", this::load).close();
    assertThat(loads).hasValue(2);
  }

  @Test
  void aLoaderThatFailsLeavesNothingAndTheNextOneMaySucceed() throws IOException {
    IOException failure = new IOException("weights are gone");
    assertThatThrownBy(
            () ->
                SharedLayers.acquire(
                    "a",
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(SharedLayers.size()).isZero();
    try (SharedLayers.Lease lease = SharedLayers.acquire("a", this::load)) {
      assertThat(lease.layer()).isNotNull();
      assertThat(SharedLayers.size()).isOne();
    }
  }

  @Test
  void slotsThatOpenAtOnceLoadOnce() throws Exception {
    int slots = 8;
    CyclicBarrier together = new CyclicBarrier(slots);
    ExecutorService threads = Executors.newFixedThreadPool(slots);
    try {
      List<Future<SharedLayers.Lease>> leases = new ArrayList<>();
      for (int slot = 0; slot < slots; slot++) {
        leases.add(
            threads.submit(
                () -> {
                  together.await();
                  return SharedLayers.acquire("a", this::load);
                }));
      }
      MultiHeadAttention layer = leases.get(0).get().layer();
      for (Future<SharedLayers.Lease> lease : leases) {
        assertThat(lease.get().layer()).isSameAs(layer);
      }
      assertThat(loads).hasValue(1);
      for (Future<SharedLayers.Lease> lease : leases) {
        lease.get().close();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private SharedLayers.Loaded load() {
    loads.incrementAndGet();
    return new SharedLayers.Loaded(
        new MultiHeadAttention(AttentionParameters.xavierUniform(8, 2, 2, 1)), null);
  }
}
