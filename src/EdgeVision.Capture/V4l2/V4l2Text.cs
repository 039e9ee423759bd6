namespace EdgeVision.Capture.V4l2;

/// <summary>Names that drivers give, on their way to logs and pages: one line of printable ASCII, whatever the driver wrote.</summary>
internal static class V4l2Text
{
    /// <param name="field">A fixed field of a struct; ends at the first NUL, if there is one.</param>
    public static string Read(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        if (end >= 0) field = field[..end];
        return string.Create(field.Length, field, static (text, bytes) =>
        {
            for (var i = 0; i < bytes.Length; i++) text[i] = bytes[i] is >= (byte)' ' and <= (byte)'~' ? (char)bytes[i] : '?';
        }).Trim();
    }
}
