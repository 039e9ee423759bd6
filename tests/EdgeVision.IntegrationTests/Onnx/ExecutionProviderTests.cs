using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.IntegrationTests.Onnx;

public sealed class ExecutionProviderTests
{
    public ExecutionProviderTests() => OrtEnvironment.Prepare();

    public static TheoryData<string> Words => [.. ExecutionProviders.All.Select(static p => p.Word)];

    [Theory]
    [MemberData(nameof(Words))]
    public void A_provider_runs_or_says_what_there_is(string word)
    {
        var (_, provider, name) = ExecutionProviders.All.Single(p => p.Word == word);
        using var toy = ToyModel.Answering(new float[9]);
        var options = new OnnxOptions(1) { Provider = provider };
        if (OrtEnv.Instance().GetAvailableProviders().Contains(name))
        {
            OnnxModel.Open(toy.Load(), options, NullLogger.Instance).Dispose();
            return;
        }

        var message = Assert.Throws<ModelException>(() => OnnxModel.Open(toy.Load(), options, NullLogger.Instance)).Message;
        Assert.StartsWith($"Provider '{word}' cannot run model 'nanodet-g-416': this ONNX Runtime 1.31.1 was built without it and offers cpu", message, StringComparison.Ordinal);
        Assert.Contains("EdgeVision:Inference:Provider", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_processor_steps_in_only_when_it_may_and_says_so()
    {
        using var toy = ToyModel.Answering([0.9f, -50, 50, -50, 50, 50, -50, 50, -50]);
        var log = new CollectingLogger();
        using var model = OnnxModel.Open(toy.Load(), new OnnxOptions(1) { Provider = Missing(), ProviderFallback = true }, log);
        using var detector = model.CreateDetector(TimeProvider.System);
        Assert.Equal(DetectionStatus.Ok, (await Seen.ByAsync(detector, 8, 8)).Status);
        Assert.Equal([EventIds.ProviderFallback, EventIds.ModelLoaded], log.Entries.Select(static e => e.Id));
        Assert.Contains("The processor does it", log.Entries[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void A_provider_that_is_not_built_in_fails_in_a_way_that_is_expected(string word)
    {
        // Not asked first whether it is there: a library that lists a provider may still fail to load it.
        using var options = new SessionOptions();
        var failure = Record.Exception(() => ExecutionProviders.Append(options, ExecutionProviders.All.Single(p => p.Word == word).Provider));
        Assert.True(failure is null or OnnxRuntimeException or EntryPointNotFoundException or NotSupportedException, failure?.ToString());
    }

    private static ExecutionProvider Missing() =>
        ExecutionProviders.All.First(static p => !OrtEnv.Instance().GetAvailableProviders().Contains(p.Name)).Provider;
}
