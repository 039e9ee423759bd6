using EdgeVision.Cloud.Protocol;

namespace EdgeVision.Cloud.Models;

/// <summary>A request that waits for its turn.</summary>
internal sealed class TensorWork(IReadOnlyList<Tensor> inputs, CancellationToken gone)
{
    private readonly TaskCompletionSource<WorkResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>In the model's order.</summary>
    public IReadOnlyList<Tensor> Inputs => inputs;

    public int Batch => (int)inputs[0].Shape[0];

    /// <summary>Nobody waits for it any more.</summary>
    public bool IsGone => gone.IsCancellationRequested;

    public Task<WorkResult> Done => _done.Task;

    /// <summary>Rows of both can run together.</summary>
    public bool Fits(TensorWork other) => inputs.Zip(other.Inputs).All(static p => p.First.Shape.Skip(1).SequenceEqual(p.Second.Shape.Skip(1)));

    public void End(WorkResult result) => _done.TrySetResult(result);
}
