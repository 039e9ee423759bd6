namespace EdgeVision.Frames;

/// <summary>
/// Reuses frame-sized arrays, so that steady capture allocates none. Thread-safe. Keeps at most <paramref name="retained"/> idle buffers;
/// what comes back beyond that is left to the garbage collector.
/// </summary>
/// <param name="retained">Idle buffers kept: 2 in the mailbox + 1 in hand + 1 being written + 1 decoded = 5 is what a camera needs.</param>
public sealed class FramePool(int retained = 5)
{
    private readonly Lock _gate = new();
    private readonly List<PooledBuffer> _idle = [];
    private int _rented;

    /// <summary>Buffers out on loan now. Every test that rents ends with 0.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>A buffer of at least <paramref name="bytes"/> bytes with unspecified content.</summary>
    public FrameBuffer Rent(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Interlocked.Increment(ref _rented);
        lock (_gate)
        {
            // The smallest that is large enough: a compressed frame must not take the buffer of a decoded one, forty times its size.
            var best = -1;
            for (var i = _idle.Count - 1; i >= 0; i--)
            {
                if (_idle[i].Capacity >= bytes && (best < 0 || _idle[i].Capacity < _idle[best].Capacity)) best = i;
            }

            if (best >= 0)
            {
                var buffer = _idle[best];
                _idle.RemoveAt(best);
                return buffer;
            }

            // None is large enough: the smaller ones belong to a resolution that is gone, let the oldest go.
            if (_idle.Count > 0) _idle.RemoveAt(0);
        }

        return new PooledBuffer(this, RoundUp(bytes));
    }

    /// <summary>Compressed frames vary in size; rounding up lets one buffer serve the next frame too.</summary>
    private static int RoundUp(int bytes) => (int)Math.Min(Array.MaxLength, ((long)bytes + 0xFFFF) & ~0xFFFFL);

    private void TakeBack(PooledBuffer buffer)
    {
        Interlocked.Decrement(ref _rented);
        lock (_gate)
        {
            if (_idle.Count < retained) _idle.Add(buffer);
        }
    }

    private sealed class PooledBuffer(FramePool pool, int bytes) : FrameBuffer
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(bytes);

        public int Capacity => _bytes.Length;

        public override Memory<byte> Memory => _bytes;

        public override void Return() => pool.TakeBack(this);
    }
}
