package io.headstream.job.weights;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharedInstancesTest {

  /** Flink keeps an operator of the last job for a while, which must not keep its weights. */
  @Test
  void aLeaseThatIsGivenBackHoldsNothing() throws Exception {
    SharedInstances<Object> instances = new SharedInstances<>();
    SharedInstances.Lease<Object> first = instances.acquire("a", Object::new);
    SharedInstances.Lease<Object> second = instances.acquire("a", Object::new);
    assertThat(second.get()).isSameAs(first.get()).isNotNull();
    first.close();
    first.close();
    assertThat(first.get()).isNull();
    assertThat(second.get()).isNotNull();
    assertThat(instances.size()).isOne();
    second.close();
    assertThat(second.get()).isNull();
    assertThat(instances.size()).isZero();
  }
}
