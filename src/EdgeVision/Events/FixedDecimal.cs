using System.Buffers.Text;
using System.Text.Json;

namespace EdgeVision.Events;

/// <summary>
/// Writes numbers with a few decimals by integer arithmetic: a fraction of the shortest-round-trip formatting that a float gets, and an event
/// holds five such numbers an object (bench: EventJsonBenchmarks).
/// </summary>
internal static class FixedDecimal
{
    /// <summary>More than any duration in ms or share of a frame.</summary>
    private const double Max = 1e12;

    /// <summary>Trailing zeros are left out: 0.5, 3, 22.125.</summary>
    /// <param name="json">Inside an object.</param>
    /// <param name="name">UTF-8.</param>
    /// <param name="value">Negative values and NaN are written as 0, too large ones as the largest.</param>
    /// <param name="decimals">1 … 6; the value is rounded to as many, half away from zero.</param>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, double value, int decimals)
    {
        Span<byte> text = stackalloc byte[32];
        json.WritePropertyName(name);
        json.WriteRawValue(text[..Format(value, decimals, text)], skipInputValidation: true);
    }

    /// <inheritdoc cref="Write"/>
    /// <param name="json">Inside an object.</param>
    /// <param name="name">UTF-8.</param>
    /// <param name="value">May be negative; NaN is written as 0.</param>
    /// <param name="decimals">1 … 6.</param>
    public static void WriteSigned(Utf8JsonWriter json, ReadOnlySpan<byte> name, double value, int decimals)
    {
        Span<byte> text = stackalloc byte[32];
        text[0] = (byte)'-';
        var length = 1 + Format(Math.Abs(value), decimals, text[1..]);
        // What is rounded to nothing has no sign.
        var isNegative = value < 0 && !(length == 2 && text[1] == '0');
        json.WritePropertyName(name);
        json.WriteRawValue(isNegative ? text[..length] : text[1..length], skipInputValidation: true);
    }

    /// <summary>Bytes written to <paramref name="text"/>, which has room for 20.</summary>
    internal static int Format(double value, int decimals, Span<byte> text)
    {
        ReadOnlySpan<int> powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
        var scale = powers[decimals];
        // Written so that NaN becomes 0.
        var scaled = value > 0 ? (long)((Math.Min(value, Max) * scale) + 0.5) : 0;
        Utf8Formatter.TryFormat(scaled / scale, text, out var length);
        var fraction = (int)(scaled % scale);
        if (fraction == 0) return length;

        text[length] = (byte)'.';
        for (var i = decimals; i > 0; i--, fraction /= 10) text[length + i] = (byte)('0' + (fraction % 10));
        length += decimals + 1;
        while (text[length - 1] == '0') length--;
        return length;
    }
}
