/* Replay of published results: written with the room account. */
