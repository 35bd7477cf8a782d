/** {@code ./headstream model}: a trained model out of Maven Central as a checkpoint folder. */
package io.headstream.job.app.model;
