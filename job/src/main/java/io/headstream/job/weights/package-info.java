/**
 * What a layer is made of: its weights, loaded once for all slots of a TaskManager and gone with
 * the last who uses them, its mask and its dropout.
 */
package io.headstream.job.weights;
