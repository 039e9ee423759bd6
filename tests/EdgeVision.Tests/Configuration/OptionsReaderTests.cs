using System.Text;
using System.Text.Json;
using CsCheck;
using EdgeVision.Configuration;

namespace EdgeVision.Tests.Configuration;

public sealed class OptionsReaderTests
{
    private enum Pace
    {
        Slow,
        Fast,
    }

    [Fact]
    public void A_relative_path_starts_at_the_folder_of_the_file()
    {
        string? seen = null;
        var (paths, mistakes) = OptionsReading.Read(
            Parse("""{ "Ca": "tls/ca.pem", "Key": "/run/key.pem", "Bad": "" }"""),
            o => (o.FilePath("Ca", "A.", path => (seen = path) is null ? "" : null), o.FilePath("Key", "B."), o.FilePath("Bad", "C.")));

        Assert.Equal(("/etc/node/tls/ca.pem", "/run/key.pem", (string?)null), paths);
        Assert.Equal("/etc/node/tls/ca.pem", seen);
        Assert.Equal("EdgeVision:Bad: '' is no path.", Assert.Single(mistakes).ToString());
    }

    public static TheoryData<string, string> Misplaced => new()
    {
        { "a camera where its section belongs", """{ "Cameras": { "door": "rtsp://admin:hunter2@cam/1?token=hunter2" } }""" },
        { "a list of cameras", """{ "Cameras": ["rtsp://admin:hunter2@cam/1"] }""" },
        { "a broker's URI as its name", """{ "Host": "mqtts://node:hunter2@broker" }""" },
        { "a URI for a number", """{ "Port": "mqtts://node:hunter2@broker" }""" },
    };

    [Theory]
    [MemberData(nameof(Misplaced))]
    public void A_password_in_a_uri_in_the_wrong_place_is_not_repeated(string row, string json)
    {
        var (_, mistakes) = OptionsReading.Read(Parse(json), o => (
            o.Map("Cameras", "A.", camera => camera.Text("Uri", null, "B."), _ => null), o.Text("Host", null, "C.", _ => "holds a scheme"), o.Integer("Port", 1, 1, 9, "D.")));

        Assert.DoesNotContain("hunter2", Assert.Single(mistakes).ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(row);
    }

    [Fact]
    public void A_required_text_that_is_empty_is_a_mistake()
    {
        var (_, mistakes) = OptionsReading.Read(Parse("""{ "Uri": "" }"""), o => o.RequiredText("Uri", "A."));

        Assert.Equal("EdgeVision:Uri: '' is empty; set it.", Assert.Single(mistakes).ToString());
    }

    private sealed record Wheel(double Diameter);

    private sealed record Vehicle(int Seats, TimeSpan Start, bool Roof, string? Name, Pace Pace, IReadOnlyList<string> Colours, IReadOnlyDictionary<string, Wheel> Wheels, string? Key)
    {
        public static Vehicle Read(OptionsReader options) => new(
            options.Integer("Seats", 4, 1, 9, "How many sit."),
            options.Milliseconds("StartMs", 250, 0, 1000, "How long it cranks."),
            options.Flag("Roof", true, "Whether it has one."),
            options.Text("Name", null, "What it is called.", name => name.Contains('!') ? "shouts" : null),
            options.OneOf("Pace", Pace.Slow, "How it goes.", ("slow", Pace.Slow), ("fast", Pace.Fast)),
            options.Texts("Colours", "Its paint."),
            options.Map("Wheels", "Wheels by place.", wheel => new Wheel(wheel.Number("Diameter", 0.6, 0.1, 2, "Metres.")), name => name.Length > 2 ? "is longer than two letters" : null),
            options.Secret("Key", "KeyFile", "Starts it."));
    }

    [Fact]
    public void Absent_keys_read_as_their_defaults()
    {
        var (vehicle, mistakes) = Read("{}");

        Assert.Empty(mistakes);
        Assert.Equal((4, TimeSpan.FromMilliseconds(250), true, Pace.Slow), (vehicle.Seats, vehicle.Start, vehicle.Roof, vehicle.Pace));
        Assert.Null(vehicle.Name);
        Assert.Empty(vehicle.Colours);
        Assert.Empty(vehicle.Wheels);
    }

    [Fact]
    public void Values_are_read_whatever_the_case_of_their_keys()
    {
        var (vehicle, mistakes) = Read("""{ "seats": 2, "STARTMS": 10, "roof": false, "Pace": "FAST", "colours": ["red", "blue"], "Wheels": { "fl": { "diameter": 0.7 } } }""");

        Assert.Empty(mistakes);
        Assert.Equal((2, 10.0, false, Pace.Fast), (vehicle.Seats, vehicle.Start.TotalMilliseconds, vehicle.Roof, vehicle.Pace));
        Assert.Equal(["red", "blue"], vehicle.Colours);
        Assert.Equal(0.7, vehicle.Wheels["FL"].Diameter);
    }

    [Fact]
    public void Every_mistake_is_reported_at_once_with_its_path()
    {
        var (_, mistakes) = Read("""{ "Seats": 12, "StartMs": 1.5, "Roof": "maybe", "Name": "Zoom!", "Pace": "warp", "Colours": [1], "Wheels": { "front": { "Diameter": "wide" } }, "Sets": 3 }""");

        Assert.Equal(
            [
                "EdgeVision:Seats: 12 is not a whole number from 1 to 9.",
                "EdgeVision:StartMs: 1.5 is not milliseconds, a whole number from 0 to 1000.",
                "EdgeVision:Roof: 'maybe' is not true or false.",
                "EdgeVision:Name: 'Zoom!' shouts.",
                "EdgeVision:Pace: 'warp' is not one of slow, fast.",
                "EdgeVision:Colours[0]: 1 is not a text.",
                "EdgeVision:Wheels:front: the name 'front' is longer than two letters.",
                "EdgeVision:Wheels:front:Diameter: 'wide' is not a number from 0.1 to 2.",
                "EdgeVision:Sets: unknown key; did you mean Seats? Known here are Colours, Key, Name, Pace, Roof, Seats, StartMs, Wheels.",
            ],
            mistakes.Select(m => m.ToString()));
    }

    public static TheoryData<string, string, string> WrongKinds => new()
    {
        { "a list for a number", """{ "Seats": [1] }""", "EdgeVision:Seats: a list stands where one value was expected." },
        { "a section for a number", """{ "Seats": {} }""", "EdgeVision:Seats: a section stands where one value was expected." },
        { "a number for a section", """{ "Wheels": 4 }""", "EdgeVision:Wheels: 4 stands where a section was expected; write { … }." },
        { "a number inside a map", """{ "Wheels": { "fl": 4 } }""", "EdgeVision:Wheels:fl: 4 stands where a section was expected; write { … }." },
        { "a flag for a text", """{ "Name": true }""", "EdgeVision:Name: true is not a text." },
        { "a huge number", """{ "Seats": 1e300 }""", "EdgeVision:Seats: 1e300 is not a whole number from 1 to 9." },
        { "no number at all", """{ "Seats": "NaN" }""", "EdgeVision:Seats: 'NaN' is not a whole number from 1 to 9." },
    };

    [Theory]
    [MemberData(nameof(WrongKinds))]
    public void A_value_of_the_wrong_kind_says_what_stands_there(string row, string json, string expected)
    {
        var (_, mistakes) = Read(json);

        Assert.Equal(expected, Assert.Single(mistakes).ToString());
        Assert.NotEmpty(row);
    }

    [Fact]
    public void The_environment_overrides_the_file_and_gives_numbers_as_text()
    {
        var tree = Parse("""{ "Seats": 2, "Wheels": { "fl": { "Diameter": 0.5 } } }""");
        tree.OverlayEnvironment(
        [
            new("EDGEVISION__SEATS", "3"), new("EdgeVision__Wheels__FL__Diameter", "0.9"), new("EDGEVISION__COLOURS", "red, green"),
            new("EDGEVISION__KEY", "abc"), new("PATH", "/bin"), new("EDGEVISION__", "x"),
        ]);

        var (vehicle, mistakes) = OptionsReading.Read(tree, Vehicle.Read);

        Assert.Empty(mistakes);
        Assert.Equal(3, vehicle.Seats);
        Assert.Equal(0.9, vehicle.Wheels["fl"].Diameter);
        Assert.Equal(["red", "green"], vehicle.Colours);
        Assert.Equal("abc", vehicle.Key);
    }

    [Fact]
    public void A_secret_in_the_file_is_refused_without_being_shown()
    {
        var (vehicle, mistakes) = Read("""{ "Key": "hunter2" }""");

        Assert.Null(vehicle.Key);
        var mistake = Assert.Single(mistakes).ToString();
        Assert.Equal("EdgeVision:Key: a secret stands in the configuration; put it into a file and name that in KeyFile, or into the environment as EDGEVISION__KEY.", mistake);
    }

    [Fact]
    public void The_fingerprint_names_the_settings_and_leaves_the_environment_out()
    {
        var plain = Parse("""{ "Seats": 2 }""").Fingerprint();
        var withSecret = Parse("""{ "Seats": 2 }""");
        withSecret.OverlayEnvironment([new("EDGEVISION__KEY", "hunter2")]);

        Assert.Equal(plain, withSecret.Fingerprint());
        Assert.NotEqual(plain, Parse("""{ "Seats": 3 }""").Fingerprint());
        Assert.Equal(12, plain.Length);
    }

    [Fact]
    public void Every_key_describes_itself()
    {
        var keys = OptionsReading.Describe(Vehicle.Read);

        Assert.Contains(new OptionKey("EdgeVision:Seats", "integer", "4", "1 … 9", "How many sit."), keys);
        Assert.Contains(new OptionKey("EdgeVision:Wheels:<name>:Diameter", "number", "0.6", "0.1 … 2", "Metres."), keys);
        Assert.Contains(new OptionKey("EdgeVision:Pace", "one of", "slow", "slow, fast", "How it goes."), keys);
        keys = OptionsReading.Describe(Engine.Read, "engine.json");
        Assert.Contains(new OptionKey("engine.json:Pace", "one of", null, "slow, fast, required", "How it goes."), keys);
        Assert.Contains(new OptionKey("engine.json:Gears", "list of numbers", "[3.5, 1]", "2 of 0.1 … 9", "Ratios."), keys);
        Assert.Contains(new OptionKey("engine.json:Order", "list of integers", null, "1 … 8 of 1 … 8, required", "Of ignition."), keys);
    }

    public static TheoryData<string, string, string> BrokenFiles => new()
    {
        { "cut off", """{ "EdgeVision": { "Seats": 2""", "node.json is not valid JSON at line 1, column" },
        { "not an object", "[1]", "node.json holds a JSON array; an object with the key \"EdgeVision\" was expected." },
        { "no root key", """{ "Seats": 2 }""", "node.json has no key \"EdgeVision\"; put the settings below it: { \"EdgeVision\": { … } }." },
        { "root key is no object", """{ "EdgeVision": 2 }""", "node.json: \"EdgeVision\" is not an object; expected { \"EdgeVision\": { … } }." },
        { "a key twice", """{ "EdgeVision": { "Seats": 2, "Seats": 3 } }""", "node.json has the key \"EdgeVision:Seats\" twice, the second time at line 1, column 31; keep one." },
        { "a key twice in the second section of a list", "// a comment\n{ \"EdgeVision\": { \"Bays\": [{ \"Width\": 1 },\n { \"Width\": 1, \"Depth\": 2,\n\"Width\": 3 }] } }", "node.json has the key \"EdgeVision:Bays:Width\" twice, the second time at line 4, column 1; keep one." },
        { "the root twice in different case", """{ "EdgeVision": {}, "Edgevision": {} }""", "node.json has the key \"EdgeVision\" twice, in different case" },
        { "a lone surrogate", """{ "EdgeVision": { "Name": "\ud800" } }""", "node.json holds text that is not valid Unicode;" },
        { "a key that is a lone surrogate", """{ "EdgeVision": { "\ud800": 1 } }""", "node.json holds text that is not valid Unicode;" },
        { "nested too deep", new string('[', 1000), "node.json is not valid JSON at line 1, column 33" },
        { "empty", "", "node.json is empty; an object with the key \"EdgeVision\" was expected." },
        { "nothing but a byte order mark", "\uFEFF\r\n", "node.json is empty; an object" },
        { "no text", "ELF\0\u0001", "node.json is not UTF-8 text, it holds zero bytes; an object" },
    };

    [Theory]
    [MemberData(nameof(BrokenFiles))]
    public void A_broken_file_is_one_sentence(string row, string json, string expected)
    {
        var tree = ConfigurationTree.Parse(Encoding.UTF8.GetBytes(json), "node.json", "/etc/node", out var error);

        Assert.Null(tree);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.NotEmpty(row);
    }

    [Fact]
    public void A_byte_order_mark_is_fine() =>
        Assert.NotNull(ConfigurationTree.Parse("\uFEFF{ \"EdgeVision\": {} }"u8.ToArray(), "node.json", "/etc/node", out _));

    [Fact]
    public void What_stands_twice_in_different_case_is_a_mistake()
    {
        var (_, mistakes) = Read("""{ "Seats": 2, "SEATS": 3, "Wheels": { "fl": {}, "FL": {} } }""");

        Assert.Equal(
            ["EdgeVision:Wheels:FL: stands here twice, in different case; keep one.", "EdgeVision:SEATS: stands here twice, in different case; keep one."],
            mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void Mistakes_are_single_lines_and_bounded()
    {
        var name = new string('x', 5000);
        var (_, mistakes) = Read($$"""{ "Name": "{{name}}!\n\u001b[2J", "{{name}}": 1, "a\nb": 1, {{string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"k{i}\": 1"))}} }""");

        Assert.Equal(OptionsReading.MaxMistakes + 1, mistakes.Count);
        Assert.Equal("EdgeVision: there are more mistakes; mend these first.", mistakes[^1].ToString());
        Assert.All(mistakes, m => Assert.InRange(m.ToString().Length, 1, 1300));
        Assert.DoesNotContain(mistakes, m => m.ToString().Any(char.IsControl));
    }

    private sealed record Engine(int Power, double Bore, double? Boost, Pace Pace, IReadOnlyList<double> Gears, IReadOnlyList<int> Order, IReadOnlyDictionary<string, double> Weights)
    {
        public static Engine Read(OptionsReader options) => new(
            options.RequiredInteger("Power", 1, 900, "Kilowatts."),
            options.RequiredNumber("Bore", 0.01, 1, "Metres."),
            options.OptionalNumber("Boost", 0, 3, "Bar."),
            options.RequiredOneOf("Pace", "How it goes.", ("slow", Pace.Slow), ("fast", Pace.Fast)),
            options.Numbers("Gears", [3.5, 1], 0.1, 9, "Ratios."),
            options.RequiredIntegers("Order", 1, 8, 1, 8, "Of ignition."),
            options.NumbersByName("Weights", 0, 100, "Of parts."));
    }

    [Fact]
    public void Lists_and_required_values_are_read()
    {
        var (engine, mistakes) = OptionsReading.Read(Parse("""{ "Power": "90", "Bore": 0.08, "Pace": "fast", "Gears": [4, 0.8], "Order": [1, 3, 2], "Weights": { "rod": 1.5, "Rod": 2 } }"""), Engine.Read);

        Assert.Empty(mistakes);
        Assert.Equal((90, 0.08, null, Pace.Fast), (engine.Power, engine.Bore, engine.Boost, engine.Pace));
        Assert.Equal([4, 0.8], engine.Gears);
        Assert.Equal([1, 3, 2], engine.Order);
        Assert.Equal((1.5, 2), (engine.Weights["rod"], engine.Weights["Rod"]));
    }

    [Fact]
    public void Values_by_name_are_texts_in_their_order()
    {
        var (values, mistakes) = OptionsReading.Read(Parse("""{ "Dials": { "gain": 8, "hflip": true, "mains": "50 Hz", "Gain": 9, "list": [1], "none": null, "far": -1.5e3 } }"""), o => o.ValuesByName("Dials", "Of the panel."));

        Assert.Equal(["gain = 8", "hflip = true", "mains = 50 Hz", "far = -1.5e3"], values.Select(v => $"{v.Key} = {v.Value}"));
        Assert.Equal("true", values["HFLIP"]);
        Assert.Equal(
            ["EdgeVision:Dials:Gain: stands here twice, in different case; keep one.", "EdgeVision:Dials:list: [1] is not a text, a number, true or false.", "EdgeVision:Dials:none: null is not a text, a number, true or false."],
            mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void What_is_required_is_missed_unless_its_whole_section_is_absent()
    {
        string[] Mistakes(string json) => [.. OptionsReading.Read(Parse(json), o => (o.Section("Spare", Engine.Read), o.RequiredSection("Engine", Engine.Read))).Mistakes.Select(m => m.ToString())];

        Assert.Equal(["EdgeVision:Engine: is missing; set it."], Mistakes("{}"));
        Assert.Equal(["EdgeVision:Engine: 7 stands where a section was expected; write { … }."], Mistakes("""{ "Engine": 7 }"""));
        Assert.Equal(
            ["Power", "Bore", "Pace", "Order"],
            Mistakes("""{ "Engine": { "Pace": null } }""").Select(m => m.Replace("EdgeVision:Engine:", "", StringComparison.Ordinal).Replace(": is missing; set it.", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Random_bytes_and_mutations_never_throw()
    {
        const string Good = """{ "EdgeVision": { "Seats": 2, "StartMs": 10, "Roof": true, "Pace": "fast", "Colours": ["red"], "Wheels": { "fl": { "Diameter": 0.7 } } } }""";
        var mutation = Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Byte).Array[1, 8].Select(changes =>
        {
            var bytes = Encoding.UTF8.GetBytes(Good);
            foreach (var (at, value) in changes) bytes[at] = value;
            return bytes;
        });

        Gen.OneOf(Gen.Byte.Array[0, 200], mutation).Sample(
            bytes =>
            {
                var tree = ConfigurationTree.Parse(bytes, "node.json", "/etc/node", out var error);
                if (tree is null) Assert.NotEmpty(error!);
                else Assert.NotNull(OptionsReading.Read(tree, Vehicle.Read).Options);
            },
            iter: 5_000, seed: "0N0XIzNsQ0O2");
    }

    private static (Vehicle Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read(string json) => OptionsReading.Read(Parse(json), Vehicle.Read);

    private static ConfigurationTree Parse(string json)
    {
        var tree = ConfigurationTree.Parse(Encoding.UTF8.GetBytes($$"""{ "EdgeVision": {{json}} }"""), "node.json", "/etc/node", out var error);
        return tree ?? throw new JsonException(error);
    }
}
