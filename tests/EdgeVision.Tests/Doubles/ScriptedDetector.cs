using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Doubles;

/// <summary>Answers each frame with what the test says of its sequence number, and signals when it did.</summary>
internal sealed class ScriptedDetector(Func<long, DetectionList, DetectionStatus> answer) : IDetector
{
    private readonly SemaphoreSlim _asked = new(0);

    public ModelIdentity Model => Some.Model;

    public List<long> Seen { get; } = [];

    /// <summary>Until it has been asked once more.</summary>
    public Task AskedAsync() => _asked.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));

    public float LeastScale(int width, int height) => 1;

    public ValueTask<DetectionStatus> DetectAsync(Frame frame, DetectionList detections, CancellationToken stopping)
    {
        Assert.NotEqual(0, frame.Pixels.Length);
        Seen.Add(frame.Sequence);
        var status = answer(frame.Sequence, detections);
        _asked.Release();
        return ValueTask.FromResult(status);
    }

    public void Dispose() => _asked.Dispose();
}
