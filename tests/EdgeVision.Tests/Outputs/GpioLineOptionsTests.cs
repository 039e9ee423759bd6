using System.Text;
using EdgeVision.Configuration;
using EdgeVision.Outputs;

namespace EdgeVision.Tests.Outputs;

public sealed class GpioLineOptionsTests
{
    [Fact]
    public void An_input_needs_only_its_line()
    {
        var (options, mistakes) = Read("""{ "Line": "GPIO17" }""", GpioLineOptions.Read);
        Assert.Empty(mistakes);
        Assert.Equal("GPIO17", options.Line.Name);
        Assert.Equal((false, GpioBias.AsIs, TimeSpan.Zero), (options.ActiveLow, options.Bias, options.Debounce));
    }

    [Fact]
    public void An_input_says_how_it_is_wired()
    {
        var (options, mistakes) = Read("""{ "Line": "gpiochip0/4", "ActiveLow": true, "Bias": "pull-up", "DebounceMs": 0.5 }""", GpioLineOptions.Read);
        Assert.Empty(mistakes);
        Assert.Equal(("gpiochip0", 4), (options.Line.Chip, options.Line.Offset));
        Assert.Equal((true, GpioBias.PullUp, TimeSpan.FromMicroseconds(500)), (options.ActiveLow, options.Bias, options.Debounce));
    }

    [Fact]
    public void An_output_is_inactive_at_first_and_at_last_unless_told_otherwise()
    {
        var (options, mistakes) = Read("""{ "Line": "VM3" }""", GpioOutputOptions.Read);
        Assert.Empty(mistakes);
        Assert.Equal((false, false, false), (options.ActiveLow, options.Initial, options.Safe));

        (options, mistakes) = Read("""{ "Line": "VM3", "ActiveLow": true, "Initial": "active", "Safe": "active" }""", GpioOutputOptions.Read);
        Assert.Empty(mistakes);
        Assert.Equal((true, true, true), (options.ActiveLow, options.Initial, options.Safe));
    }

    [Theory]
    [InlineData("{}", "EdgeVision:Line: is missing; set it.")]
    [InlineData("""{ "Line": "17" }""", "EdgeVision:Line: '17' is a number without its chip; write gpiochip0/17, or the line's name.")]
    [InlineData("""{ "Line": "VM3", "Bias": "up" }""", "EdgeVision:Bias: 'up' is not one of as-is, pull-up, pull-down, disabled.")]
    [InlineData("""{ "Line": "VM3", "DebounceMs": -1 }""", "EdgeVision:DebounceMs: -1 is not a number from 0 to 10000.")]
    public void A_mistake_is_told_with_its_path(string json, string expected)
    {
        var (options, mistakes) = Read(json, GpioLineOptions.Read);
        Assert.Equal([expected], mistakes.Select(m => m.ToString()));
        Assert.NotNull(options);
    }

    private static (T Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read<T>(string section, Func<OptionsReader, T> read)
    {
        var tree = ConfigurationTree.Parse(Encoding.UTF8.GetBytes($$"""{ "EdgeVision": {{section}} }"""), "test", Environment.CurrentDirectory, out var error);
        Assert.Null(error);
        return OptionsReading.Read(tree!, read);
    }
}
