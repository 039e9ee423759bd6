using System.Text.RegularExpressions;
using EdgeVision.Module.Commands;
using EdgeVision.Simulator;

namespace EdgeVision.IntegrationTests.Module;

public sealed class SimulateCommandTests
{
    [Fact]
    public async Task A_command_line_says_everything()
    {
        var options = await ReadAsync(
            "--dir", "d", "--port", "1", "--control", "http://localhost:2", "--device", "e", "--module", "m", "--module", "n", "--hub", "h", "--route", "a=b", "--route", "a=n/c", "--fault", "chunked", "--fault", "token-1min");

        Assert.Equal(("d", 1, "e", "h", Fault.Chunked | Fault.TokenOneMinute), (options.Directory, options.Port, options.Device, options.HubHostName, options.Faults));
        Assert.Equal(["m", "n"], options.Modules);
        Assert.Equal([new Route("a", null, "b"), new Route("a", "n", "c")], options.Routes);
        Assert.Equal(new Uri("http://localhost:2"), options.Control);
    }

    [Fact]
    public async Task Without_a_word_it_is_the_device_of_the_document()
    {
        var (options, fallback) = (await ReadAsync(), new SimulatorOptions { Directory = "edgevision-simulator" });
        Assert.Equal(
            (fallback.Directory, fallback.Port, fallback.Control, fallback.Device, fallback.HubHostName, Fault.None, "edgevision"),
            (options.Directory, options.Port, options.Control, options.Device, options.HubHostName, options.Faults, Assert.Single(options.Modules)));
    }

    [Theory]
    [InlineData("--port", "x")]
    [InlineData("--port", "-1")]
    [InlineData("--fault", "fire")]
    [InlineData("--route", "a")]
    [InlineData("--route", "a=b/c/d")]
    [InlineData("--control", "nowhere")]
    [InlineData("--dir")]
    [InlineData("--help-me", "x")]
    public void A_wrong_command_line_is_a_sentence(params string[] arguments)
    {
        var parsed = SimulateCommand.Create((_, _) => throw new InvalidOperationException("not run")).Parse(arguments);
        Assert.Contains(arguments[^1], string.Join(" ", parsed.Errors.Select(e => e.Message)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_and_the_help_name_the_same_options_and_faults()
    {
        var document = File.ReadAllText(Repository.PathOf("docs/simulator.md"));
        var (_, help, _) = await EdgeVisionProcess.RunAsync("simulate", "--help");
        var told = Regex.Matches(help[..help.IndexOf("Examples:", StringComparison.Ordinal)], "--[a-z]+").Select(m => m.Value).Where(o => o != "--help").Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(told, Regex.Matches(document, @"(?<=[`,] ?)--[a-z]+(?=[ `])").Select(m => m.Value).Distinct().Order(StringComparer.Ordinal));
        Assert.All(Faults.Names, fault => Assert.Contains($"| `{fault.Name}` |", document, StringComparison.Ordinal));
        Assert.All(Faults.Names, fault => Assert.Contains(fault.Name, help, StringComparison.Ordinal));
    }

    private static async Task<SimulatorOptions> ReadAsync(params string[] arguments)
    {
        SimulatorOptions? read = null;
        var command = SimulateCommand.Create((options, _) =>
        {
            read = options;
            return Task.CompletedTask;
        });
        Assert.Equal(0, await command.Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken));
        return read!;
    }
}
