using CsCheck;
using EdgeVision.Outputs;

namespace EdgeVision.Tests.Outputs;

public sealed class GpioLineNameTests
{
    [Theory]
    [InlineData("gpiochip0/17", "gpiochip0", 17)]
    [InlineData("gpiochip0:17", "gpiochip0", 17)]
    [InlineData("/dev/gpiochip0:17", "/dev/gpiochip0", 17)]
    [InlineData("/dev/gpiochip0/17", "/dev/gpiochip0", 17)]
    [InlineData("pinctrl-bcm2711/17", "pinctrl-bcm2711", 17)]
    [InlineData("INT34C5:00/3", "INT34C5:00", 3)]
    [InlineData("1000000000.gpio/0", "1000000000.gpio", 0)]
    [InlineData("gpiochip0/65535", "gpiochip0", 65535)]
    public void Chip_and_number_are_understood(string text, string chip, int offset)
    {
        Assert.True(GpioLineName.TryParse(text, out var line, out _));
        Assert.Equal((text, chip, offset, null), (line.Text, line.Chip, line.Offset, line.Name));
    }

    [Theory]
    [InlineData("GPIO17")]
    [InlineData("VM3")]
    [InlineData("PWR_LED_OFF")]
    [InlineData("[SDA0]")]
    [InlineData("photo eye")]
    [InlineData("P9.12")]
    [InlineData("RGMII_RXD0:rx")]
    public void Anything_else_is_the_boards_name(string text)
    {
        Assert.True(GpioLineName.TryParse(text, out var line, out _));
        Assert.Equal((text, null), (line.Name, line.Chip));
    }

    [Theory]
    [InlineData(null, "is empty")]
    [InlineData("", "is empty")]
    [InlineData("17", "without its chip")]
    [InlineData("gpiochip0", "without the number")]
    [InlineData("/dev/gpiochip0", "without the number")]
    [InlineData("gpiochip0/", "without the number")]
    [InlineData("/17", "no chip before the number")]
    [InlineData(":17", "no chip before the number")]
    [InlineData("gpiochip0/65536", "above 65535")]
    [InlineData("gpiochip0/99999999999999999999", "above 65535")]
    [InlineData("/sys/class/gpio/17", "no device below /dev")]
    [InlineData("/dev//17", "no device below /dev")]
    [InlineData(" GPIO17", "begins or ends with a space")]
    [InlineData("GPIO17\n", "control character")]
    [InlineData("GPIO\u000017", "control character")]
    [InlineData("a-name-that-is-longer-than-the-kernel-keeps", "longer than the 31 characters")]
    [InlineData("a-label-that-is-longer-than-the-kernel-keeps/3", "more than 31 characters")]
    public void A_mistake_is_the_rest_of_a_sentence(string? text, string part)
    {
        Assert.False(GpioLineName.TryParse(text, out var line, out var wrong));
        Assert.Contains(part, wrong, StringComparison.Ordinal);
        Assert.False(wrong!.EndsWith('.'));
        Assert.Equal(default, line);
        Assert.Equal("", line.ToString());
    }

    [Fact]
    public void Whatever_is_written_means_a_line_or_a_mistake() =>
        Gen.OneOf(Gen.String, Gen.Char["/:gpiochdev0179 .\n\0é"].Array[0, 40].Select(c => new string(c))).Sample(text =>
        {
            var fine = GpioLineName.TryParse(text, out var line, out var wrong);
            if (!fine) return wrong is { Length: > 0 } && line == default;
            return wrong is null && line.Text == text && (line.Name is null) == (line.Chip is { Length: > 0 }) && line.Offset is >= 0 and <= GpioLineName.MaxOffset;
        }, iter: 100_000, seed: "0000PBbqDQH4");
}
