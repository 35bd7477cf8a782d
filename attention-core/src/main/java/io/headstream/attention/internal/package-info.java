/** What all other packages of attention use: checks of arguments, and random numbers. */
package io.headstream.attention.internal;
