using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>What people get wrong, as they get it wrong: each is one clear sentence on stderr, exit code 1, no stack trace.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-bad-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_configuration_file_that_is_not_there() =>
        await FailsAsync("There is no configuration file '/no/such.json'; name an existing one with --config.", "run", "--config", "/no/such.json");

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_is_refused_and_not_waited_for()
    {
        var pipe = Path.Combine(_folder.FullName, "pipe");
        ChildProcess.Run("mkfifo", pipe);

        await FailsAsync($"'{pipe}' is a named pipe, a configuration file was expected; name one with --config.", "run", "--config", pipe);
        await FailsAsync($"'{pipe}' is a named pipe, expected a JPEG or PNG file", "detect", pipe);
    }

    [Fact]
    public async Task A_folder_in_place_of_a_configuration_file() =>
        await FailsAsync($"'{_folder.FullName}' is a folder, a configuration file was expected", "run", "--config", _folder.FullName);

    [Fact]
    public async Task A_configuration_file_that_is_no_json() =>
        await FailsAsync("is not valid JSON at line 2, column", "run", "--config", Write("node.json", "{ \"EdgeVision\":\n { \"Cameras\" } }"));

    [Fact]
    public async Task A_configuration_with_unknown_keys_and_wrong_values_is_told_whole()
    {
        var config = Write("node.json", """{ "EdgeVision": { "Camera": {}, "LogLevel": "loud", "Cameras": { "a": { "Uri": "v4l2:///dev/video0?fps=fast" }, "b": { "Uri": "gopher:x" } } } }""");

        var stderr = await FailsAsync("The configuration has 4 mistakes", "run", "--config", config);

        foreach (var part in (string[])["EdgeVision:Camera: unknown key; did you mean Cameras?", "LogLevel: 'loud'", "fps=fast is not a number from 0.01 to 1000", "the scheme 'gopher' is not known"])
            Assert.Contains(part, stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_in_a_camera_uri_is_never_shown()
    {
        var stderr = await FailsAsync("carries a password, which every process and log could read", "run", "--camera", "rtsp://admin:hunter2@10.0.0.7/stream?token=hunter2");

        Assert.DoesNotContain("hunter2", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_there() => await FailsAsync("no-such-model", "detect", Picture, "--model", Path.Combine(_folder.FullName, "no-such-model"));

    [Fact]
    public async Task A_model_whose_weights_are_cut_off()
    {
        var model = CopyModel();
        using (var weights = File.OpenWrite(Path.Combine(model, "model.onnx"))) weights.SetLength(weights.Length / 2);

        await FailsAsync("sha256", "detect", Picture, "--model", model);
    }

    [Fact]
    public async Task A_model_whose_weights_are_cut_off_and_whose_sha256_was_mended()
    {
        var model = CopyModel();
        var path = Path.Combine(model, "model.onnx");
        using (var weights = File.OpenWrite(path)) weights.SetLength(weights.Length / 2);
        SetInManifest(model, "sha256", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken))));

        await FailsAsync("ONNX Runtime", "detect", Picture, "--model", model);
    }

    [Fact]
    public async Task A_model_whose_manifest_names_another_sha256()
    {
        var model = CopyModel();
        SetInManifest(model, "sha256", new string('0', 64));

        await FailsAsync(new string('0', 64), "detect", Picture, "--model", model);
    }

    [Fact]
    public async Task A_picture_that_is_broken_does_not_keep_the_others_from_being_seen()
    {
        var broken = Write("broken.jpg", "\xFF\xD8\xFF hello");
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("detect", broken, Picture, "/no/such.png", "--format", "json");

        Assert.Equal(1, code);
        var line = Assert.Single(stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(Picture, JsonNode.Parse(line)!["image"]!.GetValue<string>());
        Assert.Equal(2, stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("broken.jpg", stderr, StringComparison.Ordinal);
        Assert.Contains("/no/such.png", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_another_process_uses()
    {
        var data = Path.Combine(_folder.FullName, "data");
        await using var first = EdgeVisionProcess.Start("run", "--camera", "test:pattern?fps=1", "--data", data, "--port", "0");
        await first.LineAsync("mosquitto_sub");

        await FailsAsync("Another edgevision may be using it", "run", "--camera", "test:pattern", "--data", data, "--port", "0");
        first.Terminate();
        Assert.Equal(0, await first.ExitAsync());
    }

    [Fact]
    public async Task An_outbox_that_is_no_database_is_put_aside_and_the_node_runs()
    {
        var folder = Path.GetDirectoryName(Write("outbox.db", new string('x', 10_000)))!;
        await using var node = EdgeVisionProcess.Start("run", "--camera", "test:pattern", "--data", folder, "--port", "0", "--frames", "3");

        Assert.Equal(0, await node.ExitAsync());

        Assert.Contains("outbox.db was damaged. It is kept as ", node.Stderr, StringComparison.Ordinal);
        Assert.Equal(10_000, new FileInfo(Assert.Single(Directory.GetFiles(folder, "outbox.db.corrupt-*"))).Length);
    }

    [Theory]
    [InlineData("demo", "--frames", "1000000", "--port", "0")]
    [InlineData("doctor")]
    [InlineData("gpio", "list")]
    [InlineData("bench", "--frames", "1000000")]
    public async Task A_report_that_cannot_be_written_is_told_before_the_work(params string[] command)
    {
        await FailsAsync("The report cannot be written to '/no/such/report.json': there is no such folder.", [.. command, "--report", "/no/such/report.json"]);
        await FailsAsync($"The report cannot be written to '{_folder.FullName}': it is a folder.", [.. command, "--report", _folder.FullName]);
    }

    [Fact]
    public async Task A_report_of_work_that_failed_leaves_no_file_and_the_old_report_as_it_was()
    {
        var (report, old) = (Path.Combine(_folder.FullName, "new.json"), Write("old.json", "kept"));

        await FailsAsync("no such folder", "demo", "--report", "/no/such/report.json");
        await FailsAsync("no-such-model", "run", "--camera", "test:pattern", "--model", "/no-such-model", "--data", Path.Combine(_folder.FullName, "data"), "--port", "0", "--report", report);
        await FailsAsync("no-such-model", "run", "--camera", "test:pattern", "--model", "/no-such-model", "--data", Path.Combine(_folder.FullName, "data"), "--port", "0", "--report", old);

        Assert.False(File.Exists(report));
        Assert.Equal("kept", await File.ReadAllTextAsync(old, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_full_disk_makes_events_wait_and_frames_drop_and_loses_nothing()
    {
        await using var disk = await SmallDisk.MountAsync(_folder.CreateSubdirectory("disk").FullName, megabytes: 2);
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var sub = await MosquittoSub.StartAsync(broker.Port, "edgevision/#");
        var config = Write("node.json", """{ "EdgeVision": { "Cameras": { "a": { "Uri": "test:pattern?fps=50", "Events": { "Sampling": "every" } } } } }""");
        await using var run = EdgeVisionProcess.Start("run", "--config", config, "--data", Path.Combine(disk.Path, "data"), "--mqtt", $"127.0.0.1:{broker.Port}");
        await sub.TakeAsync(5);

        disk.Fill();
        await run.LineAsync("Outbox", error: true);
        await run.LineAsync("full", error: true);
        disk.Free();
        var messages = await sub.TakeAsync(60);
        run.Terminate();

        Assert.Equal(0, await run.ExitAsync());
        var numbers = messages.Where(m => m.Topic.Contains("/events/", StringComparison.Ordinal)).Select(m => long.Parse(JsonNode.Parse(m.Payload)!["sequence"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture)).Distinct().ToList();
        Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => numbers[0] + i), numbers);
    }

    public static TheoryData<string, string[]> WrongUsages => new()
    {
        { "no command", [] },
        { "an unknown command", ["dance"] },
        { "an unknown option", ["demo", "--fast"] },
        { "frames that are no number", ["demo", "--frames", "many"] },
        { "no frames", ["run", "--frames", "0"] },
        { "a port beyond the last", ["demo", "--port", "70000"] },
        { "no picture", ["detect"] },
        { "an unknown format", ["detect", "a.jpg", "--format", "xml"] },
        { "an empty option, of a variable that is not set", ["run", "--config", ""] },
        { "an empty argument", ["detect", ""] },
        { "an empty option written with =", ["demo", "--report="] },
        { "a confidence above one", ["detect", "a.jpg", "--confidence", "2"] },
    };

    [Theory]
    [MemberData(nameof(WrongUsages))]
    public async Task Wrong_usage_exits_2_and_points_to_help(string row, string[] arguments)
    {
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync(arguments);

        Assert.Equal((2, ""), (code, stdout));
        Assert.Contains("--help", stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", stderr, StringComparison.Ordinal);
        Assert.NotEmpty(row);
    }

    [Theory]
    [InlineData("detcet", "There is no command 'detcet'; did you mean detect? Commands are demo, run, detect,")]
    [InlineData("xylophone", "There is no command 'xylophone'. Commands are demo, run, detect,")]
    public async Task A_word_that_is_no_command_is_told_first(string word, string expected)
    {
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync(word);

        Assert.Equal(2, code);
        Assert.StartsWith(expected, stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("Required command", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_and_version_may_be_words()
    {
        Assert.Contains("edgevision detect photo.jpg", (await EdgeVisionProcess.RunAsync("help", "detect")).Stdout, StringComparison.Ordinal);
        Assert.Equal(await EdgeVisionProcess.RunAsync("--version"), await EdgeVisionProcess.RunAsync("version"));
    }

    [Theory]
    [InlineData]
    [InlineData("demo")]
    [InlineData("run")]
    [InlineData("detect")]
    [InlineData("eval")]
    [InlineData("gpio", "list")]
    [InlineData("doctor")]
    public async Task Every_command_has_help_with_an_example(params string[] command)
    {
        var (code, stdout, _) = await EdgeVisionProcess.RunAsync([.. command, "--help"]);

        Assert.Equal(0, code);
        Assert.Contains($"Examples:\n  edgevision {string.Join(' ', command)}", stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_command_does_not_pass_for_a_whole_one()
    {
        await using var detect = EdgeVisionProcess.Start(["detect", "--format", "json", .. Enumerable.Repeat(Picture, 5000)]);
        await detect.LineAsync("sample1.jpg");
        detect.Terminate();

        Assert.Equal(1, await detect.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.StartsWith("Interrupted before it was done", detect.Stderr, StringComparison.Ordinal);
    }

    private static string Picture => Repository.Asset("people/sample1.jpg");

    private static async Task<string> FailsAsync(string expected, params string[] arguments)
    {
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync(arguments);

        Assert.True(code == 1, $"exit code {code}\n{stderr}");
        Assert.Contains(expected, stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("did not foresee", stderr, StringComparison.Ordinal);
        return stderr;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text, Encoding.Latin1);
        return path;
    }

    private string CopyModel()
    {
        var target = _folder.CreateSubdirectory("model").FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.BundledModel)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }

    private static void SetInManifest(string model, string key, string value)
    {
        var path = Path.Combine(model, "model.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest[key] = value;
        File.WriteAllText(path, manifest.ToJsonString());
    }
}
