using EdgeVision.Frames;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.Module;
using EdgeVision.Module.Commands;

namespace EdgeVision.IntegrationTests.Module;

public sealed class SettingsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-settings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var file = Write("""{ "EdgeVision": { "Node": "a", "Mqtt": { "Host": "one", "User": "u" }, "Cameras": { "door": { "Uri": "test:pattern", "MaxFps": 3 } } } }""");

        var settings = Load(new NodeRequest { Config = file, Mqtt = "three:1999", Cameras = ["door=test:pattern?fps=7"] }, ("EDGEVISION__MQTT__HOST", "two"), ("EDGEVISION__NODE", "b"));

        Assert.Equal(("b", "three", 1999, "u"), (settings.Options.Node, settings.Options.Mqtt.Host, settings.Options.Mqtt.Port, settings.Options.Mqtt.User));
        var door = Assert.Single(settings.Options.Cameras).Value;
        Assert.Equal(("test:pattern?fps=7", 3.0), (door.Uri, door.MaxFps));
    }

    [Fact]
    public void A_camera_keeps_the_spelling_of_the_command_line_beside_an_environment_in_upper_case()
    {
        var settings = Load(new NodeRequest { Cameras = ["Door=test:pattern"] }, ("EDGEVISION__CAMERAS__DOOR__MAXFPS", "3"), ("EDGEVISION__CAMERAS__DOOR__URI", "test:blank"));

        var (name, camera) = Assert.Single(settings.Options.Cameras);
        Assert.Equal(("Door", "test:pattern", 3.0), (name, camera.Uri, camera.MaxFps));
    }

    [Fact]
    public void A_camera_is_opened_as_it_hangs_and_masked()
    {
        var file = Write("""
            { "EdgeVision": { "Cameras": { "door": { "Uri": "test:pattern?width=64&height=48", "Rotate": 90,
              "Masks": [ { "Points": [[0, 0], [1, 0], [1, 0.5], [0, 0.5]] }, { "Points": "0,0.5 1,0.5 1,1", "Mode": "pixelate" } ] } } } }
            """);
        var (pool, camera) = (new FramePool(), Load(new NodeRequest { Config = file }).Options.Cameras["door"]);

        using (var source = Cameras.Open(camera, _folder.FullName, pool, TimeProvider.System))
        {
            Assert.True(source.TryRead(out var frame, TestContext.Current.CancellationToken));
            using (frame)
            {
                Assert.Equal((48, 64), (frame.UprightWidth, frame.UprightHeight));

                // Turned clockwise, the upper half of the picture is the left half of what the camera stores.
                var row = frame.Pixels[..(64 * 3)];
                Assert.Equal(-1, row[..(32 * 3)].IndexOfAnyExcept((byte)0));
                Assert.NotEqual(-1, row[(32 * 3)..].IndexOfAnyExcept((byte)0));
            }

            Assert.EndsWith(", Rotated90, 2 privacy masks", source.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void A_client_certificate_switches_tls_on_as_a_ca_does()
    {
        var (certificate, key) = new Certificates(_folder.FullName).Issue("client", "DNS:client", "clientAuth");

        var mqtt = Load(new NodeRequest { Cameras = ["test:pattern"], Mqtt = "broker", MqttCertificate = certificate, MqttKey = key }).Options.Mqtt;

        Assert.Equal((true, 8883, certificate), (mqtt.Tls.Enabled, mqtt.Port, mqtt.Tls.ClientCertificateFile));
    }

    [Fact]
    public void Data_lies_beside_the_configuration_unless_something_else_is_said()
    {
        var file = Write("""{ "EdgeVision": { "Cameras": { "door": { "Uri": "test:pattern" } } } }""");

        Assert.Equal(Path.Combine(_folder.FullName, "edgevision-data"), Load(new NodeRequest { Config = file }).DataDirectory);
        Assert.Equal(Path.Combine(_folder.FullName, "x"), Load(new NodeRequest { Config = file }, ("EDGEVISION__DATADIRECTORY", "x")).DataDirectory);
        Assert.Equal("/y", Load(new NodeRequest { Config = file, DataDirectory = "/y" }).DataDirectory);
    }

    [Fact]
    public void All_mistakes_are_told_at_once_and_secrets_are_not_repeated()
    {
        var file = Write("""{ "EdgeVision": { "Nod": "a", "Mqtt": { "Password": "hunter2", "Port": 0 }, "Cameras": { "a b": { "MaxFps": -1 } } } }""");

        var message = Assert.Throws<CommandException>(() => Load(new NodeRequest { Config = file })).Message;

        foreach (var part in (string[])["mistakes", "EdgeVision:Nod: unknown key; did you mean Node?", "EdgeVision:Mqtt:Password:", "EdgeVision:Mqtt:Port: 0", "the name 'a b'", "Uri: is missing", "MaxFps: -1"])
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_camera_at_all_is_one_sentence_that_says_how_to_name_one() =>
        Assert.StartsWith("There is no camera to run; name one with --camera", Assert.Throws<CommandException>(() => Load(new NodeRequest())).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_one_sentence() =>
        Assert.StartsWith("There is no configuration file '/no/such.json';", Assert.Throws<CommandException>(() => Load(new NodeRequest { Config = "/no/such.json" })).Message, StringComparison.Ordinal);

    public static TheoryData<string> Samples => [.. Directory.EnumerateFiles(Repository.PathOf("samples", "config"), "*.json").Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_sample_configuration_loads(string sample)
    {
        var settings = Load(new NodeRequest { Config = Repository.PathOf("samples", "config", sample) }, ("EDGEVISION__MQTT__PASSWORD", sample.Contains("external", StringComparison.Ordinal) ? "secret" : null));

        Assert.NotEmpty(settings.Options.Cameras);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_that_is_copied_as_the_installation_page_says_names_the_clips_of_the_tarball(string sample)
    {
        Assert.Contains("sed 's#file:../media/#file:/opt/edgevision/samples/media/#' /opt/edgevision/samples/config/one-camera.json", File.ReadAllText(Repository.PathOf("docs", "install.md")), StringComparison.Ordinal);
        var copy = Write(File.ReadAllText(Repository.PathOf("samples", "config", sample)).Replace("file:../media/", "file:/opt/edgevision/samples/media/", StringComparison.Ordinal));

        var settings = Load(new NodeRequest { Config = copy }, ("EDGEVISION__MQTT__PASSWORD", sample.Contains("external", StringComparison.Ordinal) ? "secret" : null));

        var clips = settings.Options.Cameras.Values.Where(c => c.Uri.StartsWith("file:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(clips);
        Assert.All(clips, c => Assert.StartsWith("file:/opt/edgevision/samples/media/pedestrians.mjpeg", c.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public void The_example_in_the_documentation_loads()
    {
        var document = File.ReadAllText(Repository.PathOf("docs", "configuration.md"));
        var begin = document.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;

        Assert.Equal("press-4", Load(new NodeRequest { Config = Write(document[begin..document.IndexOf("```", begin, StringComparison.Ordinal)]) }).Options.Node);
    }

    [Fact]
    public void Classes_that_the_model_does_not_know_are_mistakes_with_their_path()
    {
        var file = Write("""{ "EdgeVision": { "Cameras": { "door": { "Uri": "test:pattern", "Classes": ["persn"] } } } }""");

        var message = Assert.Throws<CommandException>(() => Load(new NodeRequest { Config = file }).CheckClasses(new("tiny", "1", new string('0', 64), ["person"]))).Message;

        Assert.Contains("EdgeVision:Cameras:door:Classes: 'persn' is not a label of model 'tiny'; did you mean 'person'?", message, StringComparison.Ordinal);
    }

    private static Settings Load(NodeRequest request, params (string Name, string? Value)[] environment) =>
        Settings.Load(request, environment.Where(e => e.Value is not null).Select(e => KeyValuePair.Create(e.Name, e.Value!)));

    private string Write(string json)
    {
        var path = Path.Combine(_folder.FullName, "node.json");
        File.WriteAllText(path, json);
        return path;
    }
}
