namespace EdgeVision.Capture.V4l2;

/// <summary>What DQBUF told of a filled buffer. Nothing of it is believed before <see cref="TryFit"/>.</summary>
/// <param name="Index">The driver's number of the buffer.</param>
/// <param name="Sequence">The driver's count of frames.</param>
/// <param name="Flags">Damage, and what the stamp means.</param>
/// <param name="Seconds">Stamp.</param>
/// <param name="Microseconds">Stamp.</param>
/// <param name="First">Fill of the first plane, or of the only one.</param>
/// <param name="Second">Fill of the second plane.</param>
/// <param name="Third">Fill of the third plane.</param>
internal readonly record struct FilledBuffer(uint Index, uint Sequence, BufferFlags Flags, long Seconds, long Microseconds, PlaneFill First, PlaneFill Second, PlaneFill Third)
{
    public static FilledBuffer Of(in V4l2Abi.Buffer buffer, ReadOnlySpan<V4l2Abi.Plane> planes) => new(
        buffer.Index, buffer.Sequence, buffer.Flags, buffer.Seconds, buffer.Microseconds,
        planes.Length > 0 ? Fill(planes[0]) : new PlaneFill(0, buffer.BytesUsed),
        planes.Length > 1 ? Fill(planes[1]) : default,
        planes.Length > 2 ? Fill(planes[2]) : default);

    public PlaneFill this[int plane] => plane switch { 0 => First, 1 => Second, _ => Third };

    /// <summary>Whether a plane holds what it should: of it, offset and length that lie inside the mapping.</summary>
    /// <param name="plane">Its fill.</param>
    /// <param name="needed">Bytes of the picture; 0 when any number will do (compressed).</param>
    /// <param name="tolerated">Bytes that may be missing at the end, if the mapping has them.</param>
    /// <param name="mapped">Bytes of the mapping.</param>
    /// <param name="length">Bytes of the picture in it.</param>
    public static bool TryFit(in PlaneFill plane, int needed, int tolerated, int mapped, out int length)
    {
        length = 0;
        if (plane.BytesUsed > (uint)mapped || plane.Offset > plane.BytesUsed) return false;
        // bytesused counts the offset too.
        var given = (int)(plane.BytesUsed - plane.Offset);
        length = needed == 0 ? given : needed;
        return given > 0 && (given >= length || (length - given <= tolerated && length <= mapped - (int)plane.Offset));
    }

    /// <summary>The driver's monotonic stamp on a provider's clock; null when the driver gives none, or one that cannot be.</summary>
    /// <param name="now">Of the provider.</param>
    /// <param name="frequency">Of the provider, ticks a second.</param>
    public long? Timestamp(long now, long frequency)
    {
        if ((Flags & BufferFlags.TimestampMask) != BufferFlags.TimestampMonotonic || Seconds < 0 || Microseconds is < 0 or >= 1_000_000) return null;
        // Broken clocks of cameras: no frame waits for ten seconds.
        if (Seconds > (now / frequency) + 1 || Seconds < (now / frequency) - 10) return null;
        var stamp = (Seconds * frequency) + (Microseconds * frequency / 1_000_000);
        // Drivers that stamp by a schedule, or convert the camera's own clock, may be some milliseconds ahead; a frame is not from the future.
        return stamp <= now ? stamp : stamp - now <= frequency / 10 ? now : null;
    }

    private static PlaneFill Fill(in V4l2Abi.Plane plane) => new(plane.DataOffset, plane.BytesUsed);
}
