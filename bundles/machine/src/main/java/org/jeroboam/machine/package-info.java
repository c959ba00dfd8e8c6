/** One running machine: assembles services into a board, runs it, saves it, replaces its parts. */
package org.jeroboam.machine;
