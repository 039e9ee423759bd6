using System.Globalization;
using System.Text;
using CsCheck;
using EdgeVision.Events;

namespace EdgeVision.Tests.Events;

public sealed class FixedDecimalTests
{
    public static TheoryData<double, int, string> Numbers => new()
    {
        { 0, 3, "0" },
        { 0.5, 3, "0.5" },
        { 22.125, 3, "22.125" },
        { 3, 5, "3" },
        { 0.00001, 5, "0.00001" },
        { 0.000004, 5, "0" },
        { 0.999996, 5, "1" },
        { 100.020, 3, "100.02" },
        { -1, 3, "0" },
        { double.NaN, 3, "0" },
        { double.PositiveInfinity, 3, "1000000000000" },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_are_rounded_and_written_without_trailing_zeros(double value, int decimals, string expected) => Assert.Equal(expected, Format(value, decimals));

    [Fact]
    public void What_is_read_back_is_within_half_a_step() =>
        Gen.Select(Gen.Double[0, 1e6], Gen.Int[1, 6]).Sample((value, decimals) =>
            Assert.InRange(Math.Abs(double.Parse(Format(value, decimals), CultureInfo.InvariantCulture) - value), 0, 0.5000001 * Math.Pow(10, -decimals)));

    private static string Format(double value, int decimals)
    {
        Span<byte> text = stackalloc byte[32];
        return Encoding.UTF8.GetString(text[..FixedDecimal.Format(value, decimals, text)]);
    }
}
