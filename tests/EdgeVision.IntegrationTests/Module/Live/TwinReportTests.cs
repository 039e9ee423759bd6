using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Configuration;
using EdgeVision.Module.Live;

namespace EdgeVision.IntegrationTests.Module.Live;

public sealed class TwinReportTests
{
    /// <summary>IoT Hub's limit of all reported properties. A report beyond it is refused as a whole, and one beyond 256 KB ends the link at an edgeHub.</summary>
    private const int MaxBytes = 32 << 10;

    [Theory]
    [InlineData(10, 10, "a9: wrong.")]
    [InlineData(11, 11, "1 more; the log of the module has them.")]
    [InlineData(40, 11, "30 more; the log of the module has them.")]
    public void Mistakes_that_find_no_room_are_counted(int mistakes, int told, string last)
    {
        var report = new TwinReport();
        var layer = new DesiredProperties(new JsonObject { ["LogLevel"] = "debug" }, 7);

        report.Acknowledge(layer, ApplyResult.Rejected([.. Enumerable.Range(0, mistakes).Select(i => new ConfigurationMistake($"a{i}", "wrong."))]), "c0ffee", inForce: null);

        var errors = report.Write("1", [])["config"]!["errors"]!.AsArray();
        Assert.Equal((told, last), (errors.Count, (string?)errors[^1]));
    }

    [Theory]
    [InlineData(3000, "k", "unknown key; known are Cameras, Inference, LogLevel, Model, Mqtt, Outputs and StatusLight.", 1)]
    [InlineData(100, "a key of some length, as people write them, ", "é", 2000)]
    public void However_much_is_wrong_the_hub_takes_the_report(int keys, string name, string sentence, int times)
    {
        sentence = string.Concat(Enumerable.Repeat(sentence, times));
        var names = Enumerable.Range(0, keys).Select(i => $"{name}{i}").ToList();
        var layer = new DesiredProperties(new JsonObject(names.Select(n => KeyValuePair.Create(n, (JsonNode?)1))), 7);
        var report = new TwinReport();

        report.Acknowledge(layer, ApplyResult.Rejected([.. names.Select(n => new ConfigurationMistake($"EdgeVision:{n}", sentence))]), "c0ffee", inForce: null);

        var written = report.Write("1", new JsonObject { ["cameras"] = new JsonObject(Enumerable.Range(0, 64).Select(i => KeyValuePair.Create($"camera-{i}", (JsonNode?)"running"))) });
        Assert.InRange(Encoding.UTF8.GetByteCount(written.ToJsonString()), 1, MaxBytes);
        Assert.Equal(400, (int)written[names[0]]!["ac"]!);
        var errors = written["config"]!["errors"]!.AsArray();
        Assert.Equal($"{keys - errors.Count + 1} more; the log of the module has them.", (string?)errors[^1]);
    }
}
