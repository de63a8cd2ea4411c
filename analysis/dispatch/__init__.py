"""Who should go where (调度): demand against teams and stock, evacuation to shelters, tasks."""
