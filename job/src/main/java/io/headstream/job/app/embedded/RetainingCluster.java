package io.headstream.job.app.embedded;

import java.util.concurrent.Executor;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.CheckpointRecoveryFactory;
import org.apache.flink.runtime.checkpoint.CheckpointsCleaner;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStore;
import org.apache.flink.runtime.checkpoint.StandaloneCheckpointRecoveryFactory;
import org.apache.flink.runtime.checkpoint.StandaloneCompletedCheckpointStore;
import org.apache.flink.runtime.highavailability.HighAvailabilityServices;
import org.apache.flink.runtime.highavailability.nonha.embedded.EmbeddedHaServices;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.state.SharedStateRegistryFactory;

/**
 * A Flink inside this JVM that keeps the last checkpoint of a job that has finished.
 *
 * <p>Flink deletes it as soon as the job is done. A process that is killed right after that would
 * leave no trace of a job that is complete, and the next start would take it for one that has not
 * begun and do everything again. So the checkpoint stays until {@link Embedded} has noted that the
 * job is done.
 */
final class RetainingCluster extends MiniCluster {

  RetainingCluster(MiniClusterConfiguration configuration) {
    super(configuration);
  }

  @Override
  protected HighAvailabilityServices createHighAvailabilityServices(
      Configuration configuration, Executor executor) {
    return new EmbeddedHaServices(executor) {
      @Override
      public CheckpointRecoveryFactory getCheckpointRecoveryFactory() {
        return new RetainingFactory();
      }
    };
  }

  private static final class RetainingFactory extends StandaloneCheckpointRecoveryFactory {
    @Override
    public CompletedCheckpointStore createRecoveredCompletedCheckpointStore(
        JobID job,
        int retained,
        SharedStateRegistryFactory registry,
        Executor executor,
        RecoveryClaimMode claimMode) {
      return new RetainingStore(retained, registry, executor, claimMode);
    }
  }

  private static final class RetainingStore extends StandaloneCompletedCheckpointStore {
    RetainingStore(
        int retained,
        SharedStateRegistryFactory registry,
        Executor executor,
        RecoveryClaimMode claimMode) {
      super(retained, registry, executor, claimMode);
    }

    @Override
    public void shutdown(JobStatus status, CheckpointsCleaner cleaner) throws Exception {
      // What is suspended is gone on with, so its checkpoint is left alone.
      super.shutdown(status == JobStatus.FINISHED ? JobStatus.SUSPENDED : status, cleaner);
    }
  }
}
