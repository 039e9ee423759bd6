namespace EdgeVision.Cloud.Models;

/// <summary>What a model was asked and did. Any thread.</summary>
internal sealed class ModelMetrics
{
    private readonly long[] _outcomes = new long[Enum.GetValues<WorkOutcome>().Length];
    private long _runs, _rows, _batched, _waiting;

    /// <summary>Of a request, from its arrival to its answer.</summary>
    public LatencyHistogram Request { get; } = new();

    /// <summary>Of the model alone, a batch each.</summary>
    public LatencyHistogram Inference { get; } = new();

    public long Runs => Interlocked.Read(ref _runs);

    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>Requests that ran together with others.</summary>
    public long Batched => Interlocked.Read(ref _batched);

    public long Waiting => Interlocked.Read(ref _waiting);

    public long Of(WorkOutcome outcome) => Interlocked.Read(ref _outcomes[(int)outcome]);

    public void Answered(WorkOutcome outcome, TimeSpan took)
    {
        Interlocked.Increment(ref _outcomes[(int)outcome]);
        Request.Record(took);
    }

    public void Ran(int requests, int rows, TimeSpan took)
    {
        Interlocked.Increment(ref _runs);
        Interlocked.Add(ref _rows, rows);
        if (requests > 1) Interlocked.Add(ref _batched, requests);
        Inference.Record(took);
    }

    public void Waits(long requests) => Interlocked.Exchange(ref _waiting, requests);
}
