using EdgeVision.Capture.Gpio;
using EdgeVision.Capture.Kernel;
using EdgeVision.Outputs;

namespace EdgeVision.IntegrationTests.Capture.Gpio;

public sealed class GpioProbeTests
{
    private static readonly GpioInventory Board = new(
    [
        Chip("gpiochip0", "pinctrl-rp1", ["/dev/gpiochip0", "/dev/gpiochip4"], "GPIO16", "GPIO17", "GPIO18", ""),
        Chip("gpiochip1", "relays", ["/dev/gpiochip1"], "RELAY1", "RELAY2"),
        Chip("gpiochip2", "relays", ["/dev/gpiochip2", "/dev/strobe"], "RELAY1", "LAMP"),
    ]);

    [Theory]
    [InlineData("GPIO17", "gpiochip0/1")]
    [InlineData("gpiochip0/1", "gpiochip0/1")]
    [InlineData("gpiochip4/1", "gpiochip0/1")]
    [InlineData("/dev/gpiochip4:1", "gpiochip0/1")]
    [InlineData("pinctrl-rp1/1", "gpiochip0/1")]
    [InlineData("gpiochip0/3", "gpiochip0/3")]
    [InlineData("/dev/strobe/1", "gpiochip2/1")]
    public void A_line_is_found_by_name_number_label_and_node(string wanted, string address)
    {
        var finding = Explain(Board, wanted);
        Assert.Equal((GpioCondition.Free, address, null), (finding.Condition, finding.Line?.Address, finding.Fix));
    }

    [Theory]
    [InlineData("GPIO71", GpioCondition.Missing, "No GPIO line is named 'GPIO71'; did you mean GPIO16 (gpiochip0/0), GPIO17 (gpiochip0/1), GPIO18 (gpiochip0/2)? Otherwise edgevision gpio list shows them all.")]
    [InlineData("eye", GpioCondition.Missing, "No GPIO line is named 'eye'; there are GPIO16, GPIO17, GPIO18, RELAY1, RELAY2, LAMP; edgevision gpio list shows them all.")]
    [InlineData("RELAY1", GpioCondition.Ambiguous, "2 GPIO lines are named 'RELAY1'; write one of gpiochip1/0, gpiochip2/0.")]
    [InlineData("relays/1", GpioCondition.Ambiguous, "2 GPIO chips have the label 'relays'; write one of gpiochip1/1, gpiochip2/1.")]
    [InlineData("gpiochip0/4", GpioCondition.Missing, "GPIO chip gpiochip0 (pinctrl-rp1) has 4 lines, so there is no line 'gpiochip0/4'; write a number from 0 to 3; edgevision gpio list shows them all.")]
    [InlineData("gpiochp1/4", GpioCondition.Missing, "There is no GPIO chip 'gpiochp1' for line 'gpiochp1/4'; did you mean gpiochip1, gpiochip0, gpiochip2? Here are gpiochip0 (pinctrl-rp1), gpiochip1 (relays), gpiochip2 (relays).")]
    [InlineData("zzz/4", GpioCondition.Missing, "There is no GPIO chip 'zzz' for line 'zzz/4'; here are gpiochip0 (pinctrl-rp1), gpiochip1 (relays), gpiochip2 (relays).")]
    public void What_is_not_found_is_explained_with_what_is_near(string wanted, GpioCondition condition, string sentence)
    {
        var finding = Explain(Board, wanted);
        Assert.Equal((condition, sentence), (finding.Condition, finding.ToString()));
    }

    [Fact]
    public void A_machine_without_chips_says_so() =>
        Assert.StartsWith("There is no GPIO chip (/dev/gpiochip*) for line 'GPIO17'; load", Explain(new GpioInventory([]), "GPIO17").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("gpio-keys", "GPIO line EYE (gpiochip0/0) is in use by 'gpio-keys'; stop that program,")]
    [InlineData("", "GPIO line EYE (gpiochip0/0) is in use by somebody who gave no name; stop that program,")]
    [InlineData("sysfs", "GPIO line EYE (gpiochip0/0) is in use by 'sysfs'; it was exported through /sys/class/gpio, perhaps by a node that was killed; write its number into /sys/class/gpio/unexport,")]
    public void A_busy_line_names_its_holder(string consumer, string beginning)
    {
        var held = new GpioLineFacts("gpiochip0", 0, "EYE", Used: true, consumer, IsOutput: false);
        var finding = Explain(new GpioInventory([new GpioChipFacts("gpiochip0", "", ["/dev/gpiochip0"], [held])]), "EYE");
        Assert.Equal(GpioCondition.Busy, finding.Condition);
        Assert.StartsWith(beginning, finding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_may_be_on_a_chip_that_this_user_may_not_open()
    {
        var closed = new GpioChipFacts("gpiochip1", "", ["/dev/gpiochip1"], []) { Refusal = Errno.EACCES };
        var finding = Explain(new GpioInventory([Board.Chips[0], closed]), "EYE");
        Assert.Equal(
            (GpioCondition.NotPermitted, "Cannot open /dev/gpiochip1 for line 'EYE': EACCES, permission denied; add the user to the group that owns /dev/gpiochip1 (often gpio), in a container with --group-add and its number."),
            (finding.Condition, finding.ToString()));
        Assert.Equal(GpioCondition.NotPermitted, Explain(new GpioInventory([closed with { Refusal = Errno.EPERM }]), "gpiochip1/0").Condition);
        Assert.Equal(GpioCondition.Missing, Explain(new GpioInventory([closed with { Refusal = Errno.ENODEV }]), "gpiochip1/0").Condition);
        Assert.Contains("Linux 5.10 or newer", Explain(new GpioInventory([closed with { Refusal = Errno.ENOTTY }]), "gpiochip1/0").ToString(), StringComparison.Ordinal);
        Assert.Equal(GpioCondition.Free, Explain(new GpioInventory([Board.Chips[0], closed]), "GPIO17").Condition);
    }

    [Fact]
    public void Sysfs_numbers_are_found_by_label_and_then_by_device()
    {
        using var folder = new TempFolder();
        var (classes, bus) = (folder.PathOf("class"), folder.PathOf("bus"));
        foreach (var (device, number, name) in new[] { ("a", 504, "gpiochip0"), ("b", 496, "gpiochip1"), ("c", 400, "gpiochip2") })
        {
            var face = folder.PathOf($"devices/{device}/gpio/gpiochip{number}");
            Directory.CreateDirectory(face);
            File.WriteAllText(Path.Combine(face, "base"), $"{number}\n");
            File.WriteAllText(Path.Combine(face, "ngpio"), "2\n");
            File.WriteAllText(Path.Combine(face, "label"), device == "c" ? "lamps\n" : "relays\n");
            Directory.CreateDirectory(folder.PathOf($"devices/{device}/{name}"));
            Directory.CreateDirectory(classes);
            Directory.CreateDirectory(bus);
            Directory.CreateSymbolicLink(Path.Combine(classes, $"gpiochip{number}"), face);
            Directory.CreateSymbolicLink(Path.Combine(bus, name), folder.PathOf($"devices/{device}/{name}"));
        }

        var numbers = new SysFsNumbers(classes, bus);
        Assert.Equal(504, numbers.BaseOf(Chip("gpiochip0", "relays", ["/dev/gpiochip0"], "", "")));
        Assert.Equal(496, numbers.BaseOf(Chip("gpiochip1", "relays", ["/dev/gpiochip1"], "", "")));
        Assert.Equal(400, numbers.BaseOf(Chip("gpiochip2", "lamps", ["/dev/gpiochip2"], "", "")));
        Assert.Null(numbers.BaseOf(Chip("gpiochip3", "other", ["/dev/gpiochip3"], "", "")));
        Assert.Null(new SysFsNumbers(folder.PathOf("nowhere"), bus).BaseOf(Board.Chips[0]));
    }

    private static GpioFinding Explain(GpioInventory inventory, string wanted)
    {
        Assert.True(GpioLineName.TryParse(wanted, out var line, out var wrong), wrong);
        return GpioProbe.Explain(inventory, line);
    }

    private static GpioChipFacts Chip(string name, string label, string[] nodes, params string[] lines) =>
        new(name, label, nodes, [.. lines.Select((line, i) => new GpioLineFacts(name, i, line, Used: false, "", IsOutput: false))]);
}
