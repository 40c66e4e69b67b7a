import time
from collections import defaultdict
from tests.conftest import House
from tests.delivery.desk import open_desk
from penstock.kernel.queries import Queries
async def test_speed(house: House):
    spent=defaultdict(float); calls=defaultdict(int)
    for m in ("rows","run","value"):
        orig=getattr(Queries,m)
        def wrap(orig=orig):
            async def f(self, conn, name, /, **p):
                t=time.perf_counter()
                try: return await orig(self, conn, name, **p)
                finally: spent[name]+=time.perf_counter()-t; calls[name]+=1
            return f
        setattr(Queries,m,wrap())
    async with open_desk(house) as desk:
        people = await desk.contacts(*[f"p{n}@x.test" for n in range(10000)])
        await desk.queue(people)
        d = desk.deliverer()
        spent.clear(); calls.clear()
        t=time.perf_counter(); n = await desk.until_idle(d); e=time.perf_counter()-t
        print(n, e, n/e)
        for k,v in sorted(spent.items(), key=lambda x:-x[1]): print(k, calls[k], round(v,3), round(v/calls[k]*1000,2),'ms')
