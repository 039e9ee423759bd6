using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Configuration;
using EdgeVision.Module.Live;

namespace EdgeVision.IntegrationTests.Module.Live;

public sealed class TwinReportTests
{
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
}
