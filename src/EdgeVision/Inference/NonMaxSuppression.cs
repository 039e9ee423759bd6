using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeVision.Geometry;

namespace EdgeVision.Inference;

/// <summary>Greedy, per class: of boxes of a class that overlap too much, the most confident stays.</summary>
public static class NonMaxSuppression
{
    /// <summary>Numbers up to which memory for a frame lies on the stack: 4 KB. That is a thousand candidates or 170 survivors; more come from the shared pool.</summary>
    private const int OnStack = 1024;

    /// <summary>Allocated once. Ties are broken by what is left, so that the same frame always gives the same order.</summary>
    private static readonly Comparison<Detection> ByConfidence = static (a, b) =>
    {
        var order = b.Confidence.CompareTo(a.Confidence);
        if (order == 0) order = a.ClassId.CompareTo(b.ClassId);
        if (order == 0) order = a.Box.Left.CompareTo(b.Box.Left);
        if (order == 0) order = a.Box.Top.CompareTo(b.Box.Top);
        if (order == 0) order = a.Box.Right.CompareTo(b.Box.Right);
        return order == 0 ? a.Box.Bottom.CompareTo(b.Box.Bottom) : order;
    };

    /// <summary>Leaves the survivors in <paramref name="detections"/>, best first.</summary>
    /// <param name="detections">Candidates in, survivors out.</param>
    /// <param name="iou">0..1. A box that overlaps a better one of its class by more goes; null keeps all.</param>
    /// <param name="max">Survivors at most. It also bounds the work: candidates × <paramref name="max"/> comparisons.</param>
    public static void Apply(DetectionList detections, float? iou, int max)
    {
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        var items = detections.Span;
        Sort(items);
        detections.Truncate(iou is { } limit ? Suppress(items, limit, max) : Math.Min(max, items.Length));
    }

    /// <summary>Best first.</summary>
    [SkipLocalsInit]
    internal static void Sort(Span<Detection> items)
    {
        if (items.Length < 2) return;
        var rented = items.Length > OnStack ? ArrayPool<uint>.Shared.Rent(items.Length) : null;
        Span<uint> keys = rented is null ? stackalloc uint[OnStack] : rented;
        Sort(items, keys[..items.Length]);
        if (rented is not null) ArrayPool<uint>.Shared.Return(rented);
    }

    /// <summary>By one integer, which is several times as fast as by a comparison of detections; that decides only between equals.</summary>
    private static void Sort(Span<Detection> items, Span<uint> keys)
    {
        for (var i = 0; i < items.Length; i++) keys[i] = KeyOf(items[i].Confidence);
        keys.Sort(items);
        for (var i = 0; i < items.Length;)
        {
            var end = i + 1;
            while (end < items.Length && keys[end] == keys[i]) end++;
            if (end - i > 1) items[i..end].Sort(ByConfidence);
            i = end;
        }
    }

    /// <summary>Falls as the confidence rises. The bits of floats are in the order of the floats, but for the sign; + 0 makes −0 a 0.</summary>
    private static uint KeyOf(float confidence)
    {
        var bits = BitConverter.SingleToUInt32Bits(confidence + 0f);
        return ~((bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000);
    }

    /// <summary>How many are left, at the front.</summary>
    [SkipLocalsInit]
    private static int Suppress(Span<Detection> items, float limit, int max)
    {
        // Whole vectors, so that nothing is left over at the end of a column.
        var room = Math.Min(max, items.Length) + Vector<float>.Count - 1;
        room -= room % Vector<float>.Count;
        var rented = 6 * room > OnStack ? ArrayPool<float>.Shared.Rent(6 * room) : null;
        Span<float> memory = rented is null ? stackalloc float[OnStack] : rented;
        var survivors = new Survivors(memory[..(6 * room)], room);
        var kept = 0;
        for (var i = 0; i < items.Length && kept < max; i++)
        {
            if (survivors.Cover(items[i], kept, limit)) continue;
            survivors.Set(kept, items[i]);
            items[kept++] = items[i];
        }

        if (rented is not null) ArrayPool<float>.Shared.Return(rented);
        return kept;
    }

    /// <summary>What has survived, a column for each number, so that several are compared at once; the sums are those of <see cref="Box"/>.</summary>
    private readonly ref struct Survivors
    {
        private readonly Span<int> _classes;
        private readonly Span<float> _left;
        private readonly Span<float> _top;
        private readonly Span<float> _right;
        private readonly Span<float> _bottom;
        private readonly Span<float> _area;

        public Survivors(Span<float> memory, int room)
        {
            _classes = MemoryMarshal.Cast<float, int>(memory[..room]);
            _classes.Fill(-1);
            _left = memory.Slice(room, room);
            _top = memory.Slice(2 * room, room);
            _right = memory.Slice(3 * room, room);
            _bottom = memory.Slice(4 * room, room);
            _area = memory.Slice(5 * room, room);
        }

        public void Set(int at, in Detection detection)
        {
            var box = detection.Box;
            _classes[at] = detection.ClassId;
            (_left[at], _top[at], _right[at], _bottom[at], _area[at]) = (box.Left, box.Top, box.Right, box.Bottom, box.Area);
        }

        /// <summary>True when one of the first <paramref name="count"/> is of the class and overlaps by more than the limit.</summary>
        public bool Cover(in Detection candidate, int count, float limit)
        {
            var id = new Vector<int>(candidate.ClassId);
            for (var at = 0; at < count; at += Vector<float>.Count)
            {
                var same = Vector.Equals(new Vector<int>(_classes[at..]), id);
                if (same != Vector<int>.Zero && Vector.BitwiseAnd(same, Overlaps(candidate.Box, at, limit)) != Vector<int>.Zero) return true;
            }

            return false;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector<int> Overlaps(in Box box, int at, float limit)
        {
            var width = Vector.Min(new Vector<float>(_right[at..]), new Vector<float>(box.Right)) - Vector.Max(new Vector<float>(_left[at..]), new Vector<float>(box.Left));
            var height = Vector.Min(new Vector<float>(_bottom[at..]), new Vector<float>(box.Bottom)) - Vector.Max(new Vector<float>(_top[at..]), new Vector<float>(box.Top));
            var intersection = width * height;
            var union = new Vector<float>(_area[at..]) + new Vector<float>(box.Area) - intersection;
            return Vector.GreaterThan(width, Vector<float>.Zero) & Vector.GreaterThan(height, Vector<float>.Zero) & Vector.GreaterThan(union, Vector<float>.Zero)
                & Vector.GreaterThan(intersection / union, new Vector<float>(limit));
        }
    }
}
